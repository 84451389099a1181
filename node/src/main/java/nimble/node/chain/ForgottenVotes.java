package nimble.node.chain;

import java.util.Optional;
import nimble.node.signing.SigningHistory;
import nimble.storage.Place;
import nimble.storage.VoteLog;

/// What a node may do that does not know what it has voted for.
public final class ForgottenVotes {
  private ForgottenVotes() {}

  /// Where its vote log begins anew: nothing below is signed (S6 of snapshots, N7). Empty when the
  /// log is the one that it voted with, or may be: of a chain that is still to come, only the
  /// replica can tell.
  ///
  /// @param log as it was found
  /// @param history what the guard beside it knows
  /// @param height of the node's newest block
  /// @param epoch that the chain is in there
  /// @param voteAnyway the operator knows that the key has signed nothing that counts
  public static Optional<Place> floor(
      Optional<VoteLog.Opened> log,
      SigningHistory history,
      long height,
      long epoch,
      boolean voteAnyway) {
    boolean known =
        log.filter(it -> height == 0 || !it.isUnused() || history.isMemory()).isPresent();
    if (known) {
      return Optional.empty();
    }
    return Optional.of(voteAnyway ? Place.START : new Place(epoch + 1, 0));
  }
}
