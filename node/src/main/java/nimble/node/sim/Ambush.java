package nimble.node.sim;

import java.util.TreeMap;
import nimble.chain.Block;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Certificate;
import nimble.consensus.Message;
import nimble.consensus.SignedVote;
import nimble.consensus.Vote;
import nimble.node.Node;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Listens to all wires for the last blocks of epochs, and gives the sign for a blow at each moment
/// in such a block's life once: at a later one in each epoch (W16).
final class Ambush implements Referee.Audience {
  /// In the life of an epoch's last block.
  enum Moment {
    /// Somebody hears the proposal: nobody has voted for it yet but its leader.
    PROPOSED,
    /// Somebody hears that it is notarized: nobody has heard that it is final.
    NOTARIZED,
    /// Somebody hears a vote that finalizes it.
    CALLED_FINAL,
    /// Somebody holds it as final: the next epoch begins there, and nowhere else.
    FINAL
  }

  @FunctionalInterface
  interface Trap {
    /// @param first the node that hears of it
    void strike(Moment moment, PublicKey first);
  }

  static final int BLOWS = Moment.values().length;

  private final Trap trap;
  private final TreeMap<Hash, Long> lasts = new TreeMap<>();
  private int sprung;
  private long epochDone = -1;

  Ambush(Trap trap) {
    this.trap = trap;
  }

  void heard(PublicKey by, nimble.p2p.Message message) {
    if (sprung == BLOWS) {
      return;
    }
    try {
      switch (message.kind()) {
        case PROPOSAL -> proposed(by, Block.decode(message.payload()));
        case VOTE, CERTIFICATE -> said(by, Reader.decode(message.payload(), Message::readTagged));
        default -> {
          // Nothing about blocks.
        }
      }
    } catch (Malformed e) {
      throw new AssertionError("malformed on the wire", e);
    }
  }

  private void proposed(PublicKey by, Block block) {
    if (block.header().nextSetHash().isPresent()) {
      lasts.put(block.digest(), block.header().epoch());
      spring(Moment.PROPOSED, block.digest(), by);
    }
  }

  private void said(PublicKey by, Message message) {
    switch (message) {
      case Certificate certificate when certificate.vote() instanceof Vote.Notarize notarize ->
          spring(Moment.NOTARIZED, notarize.proposal().digest(), by);
      case SignedVote signed when signed.vote() instanceof Vote.Finalize call ->
          spring(Moment.CALLED_FINAL, call.proposal().digest(), by);
      default -> {
        // Nothing that brings it on.
      }
    }
  }

  @Override
  public void finalized(Block block, Node by) {
    if (sprung < BLOWS && block.header().nextSetHash().isPresent()) {
      lasts.put(block.digest(), block.header().epoch());
      spring(Moment.FINAL, block.digest(), by.network().self());
    }
  }

  private void spring(Moment moment, Hash digest, PublicKey by) {
    Long epoch = lasts.get(digest);
    if (epoch != null && epoch > epochDone && sprung < BLOWS && moment == Moment.values()[sprung]) {
      epochDone = epoch;
      sprung++;
      trap.strike(moment, by);
    }
  }
}
