package nimble.node.chain;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Misconduct;
import nimble.consensus.SignedVote;
import nimble.ledger.Offences;
import nimble.types.ChainId;

/// Reads evidence with the code of consensus.
public final class ConflictingVotes implements Offences {
  @Override
  public Optional<Offence> of(ChainId chain, Bytes first, Bytes second) {
    try {
      SignedVote one = Reader.decode(first, SignedVote::read);
      SignedVote other = Reader.decode(second, SignedVote::read);
      if (one.signer() != other.signer() || !Misconduct.conflict(one.vote(), other.vote())) {
        return Optional.empty();
      }
      return Optional.of(
          new Offence(
              one.epoch(),
              one.vote().view(),
              one.signer(),
              new Statement(one.vote().preimage(chain), one.signature()),
              new Statement(other.vote().preimage(chain), other.signature())));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }
}
