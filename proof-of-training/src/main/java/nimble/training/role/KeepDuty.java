package nimble.training.role;

import java.util.List;
import nimble.chain.StageSlot;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// A stage's checkpoint that a validator is to keep, as the finalized state shows it.
///
/// @param round whose end it is
/// @param attempt at which the round was committed
/// @param custodian the validator's account
/// @param manifest under which the miner recorded it
/// @param stateRoot that the state must have
/// @param kept this validator's `CheckpointKept` is on chain
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

  /// The group in which it is kept.
  String group() {
    return "%s%d-%d-%d-%d"
        .formatted(Auditor.KEEPS, slot.job().value(), slot.stage(), attempt, round);
  }
}
