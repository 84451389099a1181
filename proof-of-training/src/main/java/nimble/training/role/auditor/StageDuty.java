package nimble.training.role.auditor;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.training.role.evidence.Plan;
import nimble.training.spec.StageNeed;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// A stage of a job as the finalized state shows it to a validator that may audit it.
///
/// @param auditor the validator's account
/// @param miner hot key of the stage's holder; empty when it is no miner any more
/// @param mayJoin the chain takes its `AuditorJoin`
/// @param mayOpen the chain takes its `AuditorOpen`, if it is the right one
/// @param commitment to its class, once on chain
/// @param numericClass its class, once on chain
/// @param sketch what is asked of who is of another class than the miner
public record StageDuty(
    StageSlot slot,
    Plan plan,
    Address auditor,
    Optional<PublicKey> miner,
    boolean mayJoin,
    boolean mayOpen,
    Optional<Hash> commitment,
    Optional<Hash> numericClass,
    Optional<SketchDuty> sketch) {
  /// Whether the validator has to know its class for the chain's sake.
  boolean asksForClass() {
    return numericClass.isEmpty() && (mayJoin || commitment.isPresent());
  }

  /// What auditing it takes at most, in bytes.
  long memoryBytes() {
    int stage = slot.stage();
    return StageNeed.of(stage, plan.stages().get(stage), plan.base(), plan.training())
        .memoryBytes();
  }

  /// Whether audits of this stage need the data set.
  boolean readsData() {
    return slot.stage() == 0 || slot.stage() == plan.depth() - 1;
  }
}
