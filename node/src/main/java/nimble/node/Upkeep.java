package nimble.node;

import nimble.storage.Retention;

/// What a node keeps of the past.
///
/// @param states versions of the state, for proofs and for going back
/// @param blocks bodies and receipts; headers always stay
/// @param snapshotsEvery so many blocks a snapshot is written; 0 for never
public record Upkeep(Retention states, Retention blocks, long snapshotsEvery) {
  /// All blocks, and proofs of the newest states.
  public static final Upkeep FULL =
      new Upkeep(new Retention.Pruned(1_000), new Retention.Archive(), 0);
}
