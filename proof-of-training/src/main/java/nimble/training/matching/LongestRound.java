package nimble.training.matching;

import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.TrainingParameters;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.Rounds;
import nimble.training.spec.StageNeed;
import nimble.vm.gradient.GradientCodec;

/// Steps of a round if one stage alone had a say (J5): a job's rounds have the fewest of any of its
/// stages.
public final class LongestRound {
  private LongestRound() {}

  /// @param terms of who would hold the stage
  public static int steps(JobSpec spec, StageNeed need, OfferPut terms, TrainingParameters p) {
    GradientCodec codec = spec.training().gradientCodec();
    long millis = Terms.millis(need.stepOperations(), terms.operationsPerSecond());
    long wanted = p.roundSteps() > 0 ? p.roundSteps() : p.roundMillis() / millis;
    long byBytes = Limits.ROUND_GRADIENT_BYTES_MAX / codec.size(Math.toIntExact(need.parameters()));
    int microBatches = Limits.ROUND_MICRO_BATCHES_MAX / spec.training().microBatches();
    int byIndex = Math.min(Limits.ROUND_STEPS_MAX, microBatches) - Rounds.FINAL_VALIDATION_BATCHES;
    long steps = Math.min(Math.min(wanted, spec.steps()), Math.min(byBytes, byIndex));
    return Math.toIntExact(Math.max(1, steps));
  }
}
