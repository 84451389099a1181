package nimble.training.role.evidence;

import java.util.OptionalInt;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall.RoundCommit;
import nimble.types.Hash;

/// What a stage commits to at a round's end (proof of training, section 3).
public record RoundResult(
    int round,
    Hash stateAfter,
    Hash steps,
    Hash left,
    Hash right,
    OptionalInt lossBits,
    OptionalInt validationLossBits) {
  /// What the stage says on chain.
  ///
  /// @param attempt at which it computed the round
  public RoundCommit commit(StageSlot slot, int attempt) {
    return new RoundCommit(
        slot, round, attempt, stateAfter, steps, left, right, lossBits, validationLossBits);
  }
}
