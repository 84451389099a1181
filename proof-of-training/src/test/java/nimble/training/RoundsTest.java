package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import nimble.chain.Device;
import nimble.genesis.TrainingParameters;
import nimble.sim.Seeds;
import nimble.training.matching.Quote;
import nimble.training.matching.StageMatch;
import nimble.training.matching.Terms;
import nimble.training.role.evidence.RoundIndex;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Rounds;
import nimble.training.spec.StageNeed;
import nimble.types.Moment;
import nimble.types.Span;
import org.junit.jupiter.api.Test;

final class RoundsTest {
  @Test
  void j5RoundsCoverAllStepsOnce() {
    Seeds.forEach(
        500,
        random -> {
          int steps = 1 + random.nextInt(500);
          Rounds rounds = new Rounds(steps, 1 + random.nextInt(steps));
          int next = 0;
          for (int round = 0; round < rounds.count(); round++) {
            assertEquals(next, rounds.firstStep(round));
            assertTrue(rounds.stepsOf(round) >= 1);
            next += rounds.stepsOf(round);
            assertEquals(next == steps, rounds.isLast(round));
          }
          assertEquals(steps, next);
          assertEquals(
              rounds.validationBatches(),
              IntStream.range(0, rounds.count()).map(rounds::validationBatches).sum());
        });
  }

  @Test
  void j5EveryTenthRoundAndTheLastValidate() {
    Rounds rounds = new Rounds(250, 10);
    assertEquals(
        List.of(9, 19, 24),
        IntStream.range(0, rounds.count())
            .filter(round -> rounds.validationBatches(round) > 0)
            .boxed()
            .toList());
    assertEquals(Rounds.FINAL_VALIDATION_BATCHES, new Rounds(100, 10).validationBatches(9));
  }

  @Test
  void j5OperationsOfRoundsAddUpToTheJobs() {
    Rounds rounds = new Rounds(123, 10);
    for (StageNeed need : StageNeed.of(Specs.spec(123))) {
      long sum = 0;
      for (int round = 0; round < rounds.count(); round++) {
        sum += need.operations(rounds, round);
      }
      assertEquals(need.operations(rounds), sum);
    }
  }

  @Test
  void j5LengthIsTheParameter() {
    assertEquals(10, fix(Specs.spec(100), Specs.PARAMETERS.training(), 1).roundSteps());
    assertEquals(7, fix(Specs.spec(7), Specs.PARAMETERS.training(), 1).roundSteps());
  }

  @Test
  void j5LengthFollowsTheSlowestSpeed() {
    JobSpec spec = Specs.spec(1_000_000);
    TrainingParameters p = Specs.PARAMETERS.training().with(it -> it.roundSteps = 0);
    StageNeed slowest =
        StageNeed.of(spec).stream()
            .max((a, b) -> Long.compare(a.stepOperations(), b.stepOperations()))
            .orElseThrow();
    long speed = slowest.stepOperations() * 10;
    // A step takes 100 ms and one for rounding up.
    assertEquals(p.roundMillis() / 101, fix(spec, p, speed).roundSteps());
    assertEquals(1, fix(spec, p, 1).roundSteps());
  }

  /// Otherwise no miner could write down what it did, and no auditor read it.
  @Test
  void j5ARoundIsNoLongerThanAnIndexHoldsWhateverTheSpeed() {
    TrainingParameters p =
        Specs.PARAMETERS
            .training()
            .with(it -> {
              it.roundSteps = 0;
              it.roundMillis = 600_000;
            });
    JobSpec spec = Specs.spec(1_000_000);
    int steps = fix(spec, p, Long.MAX_VALUE).roundSteps() + Rounds.FINAL_VALIDATION_BATCHES;
    assertTrue(steps <= RoundIndex.STEPS_MAX, steps + " steps");
    long microBatches = (long) steps * spec.training().microBatches();
    assertTrue(microBatches <= RoundIndex.MICRO_BATCHES_MAX, microBatches + " micro-batches");
  }

  /// Eight micro-batches of a stage that takes ten seconds a step; of small ones, the parameter.
  @Test
  void j4AcceptingMayTakeAsLongAsAProbe() {
    TrainingParameters p = Specs.PARAMETERS.training();
    Moment now = new Moment(1_000, 7);
    List<HeldStage> stages = List.of(stage(1), stage(10_000));
    assertEquals(p.accept().after(now), RoundLength.acceptance(stages.subList(0, 1), now, p));
    Span longer = new Span(3 * (8 * 10_000 + 1), p.accept().blocks());
    assertEquals(longer.after(now), RoundLength.acceptance(stages, now, p));
  }

  private static HeldStage stage(long stepMillis) {
    Terms terms = new Terms(1, Device.CPU, "cpu", 1, 1_000, 100, stepMillis, stepMillis);
    return HeldStage.of(Specs.address(1), terms);
  }

  private static Rounds fix(JobSpec spec, TrainingParameters p, long speed) {
    List<StageNeed> needs = StageNeed.of(spec);
    List<StageMatch.Choice> choices =
        needs.stream()
            .map(need -> Specs.candidate(need.stage(), Specs.terms(speed, 1)))
            .map(c -> new StageMatch.Choice(c, new Quote(0, 0, 0, 0, 0, 0)))
            .toList();
    return RoundLength.fix(spec, needs, choices, p);
  }
}
