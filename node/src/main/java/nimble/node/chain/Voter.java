package nimble.node.chain;

import nimble.crypto.VoteSigningKey;
import nimble.node.signing.SigningGuard;
import nimble.storage.VoteLog;

/// What lets a node vote: its key, the log of what it has signed, and the guard before the key.
public record Voter(VoteSigningKey key, VoteLog log, SigningGuard guard) {
  /// Both are on the disk before anything leaves.
  void sync() {
    log.sync();
    guard.sync();
  }
}
