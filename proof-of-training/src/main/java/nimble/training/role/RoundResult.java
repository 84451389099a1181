package nimble.training.role;

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
  RoundCommit commit(StageSlot slot, int attempt) {
    return new RoundCommit(
        slot, round, attempt, stateAfter, steps, left, right, lossBits, validationLossBits);
  }
}
