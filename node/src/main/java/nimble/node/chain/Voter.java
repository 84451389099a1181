package nimble.node.chain;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import nimble.crypto.VoteSigningKey;
import nimble.node.signing.SigningGuard;
import nimble.storage.StorageFailure;
import nimble.storage.VoteLog;

/// What lets a node vote: its key, the log of what it has signed, and the guard before the key.
///
/// @param beside runs what the disk can do at the same time
/// @param anyway the operator knows that the key has signed nothing that counts
public record Voter(
    VoteSigningKey key, VoteLog log, SigningGuard guard, Executor beside, boolean anyway) {
  /// Whether the log begins in an epoch to come, or was begun anew before the chain was here (N7).
  boolean mayHaveForgotten(long epoch) {
    long begun = log.floor().epoch();
    return begun > epoch || (begun == 0 && !anyway);
  }

  /// Both are on the disk before anything leaves: two files, one wait.
  void sync() {
    if (!guard.hasUnsynced()) {
      log.sync();
      return;
    }
    CompletableFuture<Void> guarded = CompletableFuture.runAsync(guard::sync, beside);
    log.sync();
    try {
      guarded.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StorageFailure failure ? failure : e;
    }
  }
}
