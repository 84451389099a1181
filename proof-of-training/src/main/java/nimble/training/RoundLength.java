package nimble.training;

import java.util.List;
import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.TrainingParameters;
import nimble.training.matching.LongestRound;
import nimble.training.matching.StageMatch;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.Rounds;
import nimble.training.spec.StageNeed;
import nimble.types.Moment;
import nimble.types.Span;
import nimble.vm.training.Probe;

/// How many steps a round has, and how long it and accepting may take (J4, J5, J7).
final class RoundLength {
  private RoundLength() {}

  static Rounds fix(
      JobSpec spec, List<StageNeed> needs, List<StageMatch.Choice> choices, TrainingParameters p) {
    int steps = Integer.MAX_VALUE;
    for (StageNeed need : needs) {
      OfferPut terms = choices.get(need.stage()).candidate().offer().terms();
      steps = Math.min(steps, LongestRound.steps(spec, need, terms, p));
    }
    return new Rounds(spec.firstStep(), spec.steps(), steps);
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
