package nimble.training.role.auditor;

import java.util.Optional;
import nimble.types.Address;
import nimble.types.Hash;

/// What the finalized state asks of an auditor that is of another class than a stage's miner (J32).
///
/// @param miner that holds the stage
/// @param epoch that runs
/// @param mayCommit the chain takes its `SketchCommit` for it
/// @param committed what it committed to for it
/// @param unopened what it committed to for the epoch before, and may still open
public record SketchDuty(
    Address miner,
    long epoch,
    boolean mayCommit,
    Optional<Hash> committed,
    Optional<Hash> unopened) {}
