package nimble.training.role;

import java.util.List;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.codec.ByteSource;
import nimble.training.role.evidence.CheckpointBlob;
import nimble.training.role.evidence.Plan;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.vm.StageSpec;

/// A stage's checkpoint that a custodian is to keep, as the finalized state shows it.
///
/// @param round whose end it is
/// @param attempt at which the round was committed
/// @param custodian the keeper's account
/// @param manifest under which the miner recorded it
/// @param stateRoot that the state must have
/// @param kept the custodian's `CheckpointKept` is on chain
/// @param sources hot keys of those who have it, the likeliest first
public record KeepDuty(
    StageSlot slot,
    Plan plan,
    int round,
    int attempt,
    Address custodian,
    Hash manifest,
    Hash stateRoot,
    boolean kept,
    List<PublicKey> sources) {
  public KeepDuty {
    sources = List.copyOf(sources);
  }

  private StageSpec spec() {
    return plan.stages().get(slot.stage());
  }

  /// Of the blob that it is.
  public long bytes() {
    return CheckpointBlob.bytes(spec());
  }

  /// Finds out whether `blob` is the state that was committed to.
  ///
  /// @param name of it in the outcome
  public Task check(String name, ByteSource blob) {
    return () -> new Outcome.StateChecked(name, CheckpointBlob.holds(spec(), blob, stateRoot));
  }

  /// What to say once it is here.
  public CheckpointKept call() {
    return new CheckpointKept(slot, round, attempt, custodian);
  }
}
