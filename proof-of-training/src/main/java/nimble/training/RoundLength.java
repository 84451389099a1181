package nimble.training;

import java.util.List;
import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.TrainingParameters;
import nimble.training.matching.StageMatch;
import nimble.training.matching.Terms;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.Rounds;
import nimble.training.spec.StageNeed;
import nimble.types.Moment;
import nimble.types.Span;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.training.Probe;

/// How many steps a round has, and how long it and accepting may take (J4, J5, J7).
final class RoundLength {
  private RoundLength() {}

  static Rounds fix(
      JobSpec spec, List<StageNeed> needs, List<StageMatch.Choice> choices, TrainingParameters p) {
    long wanted = p.roundSteps() > 0 ? p.roundSteps() : bySpeed(needs, choices, p);
    GradientCodec codec = spec.training().gradientCodec();
    long largest = needs.stream().mapToLong(StageNeed::parameters).max().orElseThrow();
    long byBytes = Limits.ROUND_GRADIENT_BYTES_MAX / codec.size(Math.toIntExact(largest));
    int steps = spec.training().steps();
    long roundSteps = Math.max(1, Math.min(Math.min(wanted, byBytes), steps));
    return new Rounds(steps, (int) roundSteps);
  }

  private static long bySpeed(
      List<StageNeed> needs, List<StageMatch.Choice> choices, TrainingParameters p) {
    long slowest = 1;
    for (StageNeed need : needs) {
      OfferPut terms = choices.get(need.stage()).candidate().offer().terms();
      slowest = Math.max(slowest, Terms.millis(need.stepOperations(), terms.operationsPerSecond()));
    }
    return p.roundMillis() / slowest;
  }

  /// When those who hold stages must have accepted, asked at `now`: a class is measured by as many
  /// micro-batches as a probe has, none of which takes longer than a step.
  static Moment acceptance(List<HeldStage> stages, Moment now, TrainingParameters p) {
    long slowest = 0;
    for (HeldStage stage : stages) {
      long probe = Math.multiplyExact(stage.terms().stepOperations(), Probe.STEPS);
      slowest = Math.max(slowest, stage.terms().millis(probe));
    }
    return within(slowest, p.accept()).after(now);
  }

  /// When the current round, begun at `now`, is late: stages may have worked one after the other.
  static Moment due(Job job, Moment now, TrainingParameters p) {
    long metered = 0;
    for (HeldStage stage : job.stages()) {
      long operations = stage.terms().operations(job.rounds(), job.progress().round());
      metered = Math.addExact(metered, stage.terms().millis(operations));
    }
    return within(metered, p.roundDue()).after(now);
  }

  private static Span within(long meteredMillis, Span least) {
    long allowed = Math.multiplyExact(meteredMillis, Limits.ROUND_DUE_FACTOR);
    return new Span(Math.max(least.millis(), allowed), least.blocks());
  }
}
