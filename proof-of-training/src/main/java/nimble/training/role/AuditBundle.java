package nimble.training.role;

import nimble.codec.Bytes;

/// All that an audit is about, as it came: what of it is not what was committed to shows when it is
/// looked at ([AuditWork]).
///
/// @param index without a [RoundIndex#problem]
/// @param edges of the audited step
/// @param text the data set; empty where the stage does not read it
public record AuditBundle(
    AuditDuty duty, RoundIndex index, Start start, Bytes gradients, Bytes edges, Bytes text) {
  /// The state at the round's start.
  public sealed interface Start {
    /// The job's first state, which follows from the seed.
    record Seed() implements Start {}

    /// Where the bench stands since its last audit.
    record Standing() implements Start {}

    /// @param blob a [CheckpointBlob]
    record Fetched(Bytes blob) implements Start {}
  }
}
