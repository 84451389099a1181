package nimble.node.sim;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Message;
import nimble.consensus.SignedVote;
import nimble.consensus.Vote;
import nimble.crypto.VoteSigningKey;
import nimble.p2p.ForwardingNetwork;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Network;
import nimble.p2p.Sent;
import nimble.sim.Sim;
import nimble.types.ChainId;
import nimble.types.PublicKey;

/// The wires of a validator whose key somebody else holds too: contradictions leave with its votes,
/// before or after them.
final class DoubleVoter extends ForwardingNetwork {
  private final Perjury perjury;
  private final ChainId chain;
  private final VoteSigningKey key;
  private final Sim sim;

  DoubleVoter(Network wires, Perjury perjury, ChainId chain, VoteSigningKey key, Sim sim) {
    super(wires);
    this.perjury = perjury;
    this.chain = chain;
    this.key = key;
    this.sim = sim;
  }

  @Override
  public Sent send(PublicKey peer, Lane lane, nimble.p2p.Message message) {
    if (message.kind() == Kind.VOTE
        && decode(message) instanceof SignedVote(int signer, Vote vote, var _)
        && perjury.begins(vote)) {
      nimble.p2p.Message lie = lie(signer, perjury.contradiction(vote));
      boolean first = sim.random().nextBoolean();
      if (first) {
        super.send(peer, lane, lie);
        return super.send(peer, lane, message);
      }
      Sent sent = super.send(peer, lane, message);
      super.send(peer, lane, lie);
      return sent;
    }
    return super.send(peer, lane, message);
  }

  private nimble.p2p.Message lie(int signer, Vote vote) {
    SignedVote signed = new SignedVote(signer, vote, key.sign(vote.preimage(chain)));
    return new nimble.p2p.Message(Kind.VOTE, Writer.encode(signed::writeTagged));
  }

  private static Message decode(nimble.p2p.Message message) {
    try {
      return Reader.decode(message.payload(), Message::readTagged);
    } catch (Malformed e) {
      throw new IllegalStateException("its own node's words", e);
    }
  }
}
