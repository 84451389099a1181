package nimble.ledger;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.types.ChainId;
import nimble.types.VoteSignature;

/// What two encoded votes would prove. The ledger knows no votes: a node reads them with the code
/// of consensus.
@FunctionalInterface
public interface Offences {
  /// Something that was signed, with a signature that is not checked yet.
  record Statement(Bytes preimage, VoteSignature signature) {}

  /// Two votes of one signer that no honest validator signs both.
  ///
  /// @param signer its place in the set of the epoch
  record Offence(long epoch, long view, int signer, Statement first, Statement second) {}

  /// Empty when they are no votes, or do not contradict each other. Signatures are not checked.
  Optional<Offence> of(ChainId chain, Bytes first, Bytes second);
}
