package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.Precision;
import nimble.vm.Rate;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.Errors;
import nimble.vm.audit.Evidence;
import nimble.vm.audit.RecordedRound;
import nimble.vm.audit.StageAudit;
import nimble.vm.audit.StageAudit.Finding;
import nimble.vm.audit.StageAudit.Result;
import nimble.vm.audit.Tampered;
import nimble.vm.audit.Tolerance;
import nimble.vm.fault.SkipsWork;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.template.Gpt;
import org.junit.jupiter.api.Test;

/// Audits on the fast machine, and across two classes.
final class DjlAuditTest {
  private static final int STEPS = 4;
  private static final Machine FAST = new DjlMachine();
  private static final Machine REFERENCE = new ReferenceMachine();
  private static final TrainingSpec TRAINING = training(7, Fixtures.TRAINING.gradientCodec());
  private static final List<StageSpec> STAGES =
      new Cuts(List.of(2, 4)).of(new Gpt(40, 16, 2, 4, 32, true).spec(), TRAINING.rows());

  @Test
  void v2AnHonestRoundIsEqualAndTwoBenchesAgree() throws Malformed {
    for (int skipped = 0; skipped < 2; skipped++) {
      try (RecordedRound round = round(FAST, FAST, skipped)) {
        for (int stage = 0; stage < STAGES.size(); stage++) {
          try (StageAudit bench = bench(FAST, stage);
              StageAudit other = bench(FAST, stage)) {
            for (int step = STEPS; step >= 0; step--) {
              Result result = bench.audit(round.evidence(stage, step), true);
              assertEquals(new Result(Finding.EQUAL, result.answer(), "", Errors.NONE), result);
              assertEquals(result, other.audit(round.evidence(stage, step), true));
            }
          }
        }
      }
    }
  }

  @Test
  void v6SkippedWorkAndAForgedLossAreFalse() throws Malformed {
    try (RecordedRound round = round(FAST, new SkipsWork(FAST), 2);
        StageAudit bench = bench(FAST, 1);
        StageAudit last = bench(FAST, 2)) {
      for (int step = 0; step < STEPS; step++) {
        assertEquals(Finding.FALSE, bench.audit(round.evidence(1, step), true).finding());
        Evidence honest = round.evidence(2, step);
        assertEquals(Finding.EQUAL, last.audit(honest, true).finding());
        float loss = honest.microBatches().getFirst().output().asBuffer().getFloat();
        Bytes forged = Evidence.MicroBatch.loss(Float.floatToIntBits(0.9f * loss));
        assertEquals(Finding.FALSE, last.audit(Tampered.output(honest, forged), true).finding());
      }
      assertEquals(Finding.EQUAL, bench.audit(round.evidence(1, STEPS), true).finding());
    }
  }

  /// The plain-Java machine as an auditor of another class, and the other way round.
  @Test
  void v6AcrossClassesHonestRoundsAreWithinTheTolerance() {
    double[] worst = {0};
    Seeds.forEach(
        40,
        random -> {
          List<GradientCodec> codecs = GradientCodec.all();
          TrainingSpec training =
              training(random.nextLong(), codecs.get(random.nextInt(codecs.size())));
          List<StageSpec> stages = stages(random, training.rows());
          boolean fast = random.nextBoolean();
          List<Machine> machines = stages.stream().map(_ -> fast ? FAST : REFERENCE).toList();
          try (RecordedRound round =
              RecordedRound.run(machines, stages, training, STEPS, random.nextInt(4))) {
            for (int stage = 0; stage < stages.size(); stage++) {
              try (StageAudit bench =
                  new StageAudit(
                      fast ? REFERENCE : FAST, stages.get(stage), training, Fixtures.TOLERANCE)) {
                for (int step = 0; step <= STEPS; step++) {
                  Result result = bench.audit(round.evidence(stage, step), false);
                  assertEquals(Finding.EQUAL, result.finding(), result::toString);
                  worst[0] = Math.max(worst[0], result.errors().largest());
                }
              }
            }
          } catch (Malformed e) {
            throw new AssertionError(e);
          }
        });
    assertTrue(worst[0] > 0 && worst[0] <= 1e-3 / 100, "" + worst[0]);
  }

  /// Genesis has tolerances for them of their own: a sum that comes out on the other side of a
  /// narrow number's edge is off by 1/256.
  @Test
  void v6NarrowProductsAreFurtherApart() throws Malformed {
    ModelSpec model = new Gpt(40, 16, 2, 4, 32, true).spec().in(Precision.BF16);
    List<StageSpec> stages = new Cuts(List.of(2, 4)).of(model, TRAINING.rows());
    Tolerance tolerance = Tolerance.ofBillionths(1_000_000, 1_600_000, 5_000_000);
    Errors errors = Errors.NONE;
    for (Machine miner : List.of(FAST, REFERENCE)) {
      Machine auditor = miner.equals(FAST) ? REFERENCE : FAST;
      try (RecordedRound round =
          RecordedRound.run(Collections.nCopies(3, miner), stages, TRAINING, STEPS, 1)) {
        for (int stage = 0; stage < stages.size(); stage++) {
          try (StageAudit bench = new StageAudit(auditor, stages.get(stage), TRAINING, tolerance)) {
            for (int step = 0; step <= STEPS; step++) {
              Result result = bench.audit(round.evidence(stage, step), false);
              errors = errors.max(result.errors());
              assertEquals(Finding.EQUAL, result.finding(), result::toString);
            }
          }
        }
      }
    }
    assertTrue(errors.of(tolerance) > 1e-2, errors.toString());
  }

  private static List<StageSpec> stages(SplittableRandom random, int rows) {
    List<ModelSpec> models = Fixtures.everyLayer();
    ModelSpec model = models.get(random.nextInt(models.size()));
    Cuts cuts = new Cuts(List.of(1 + random.nextInt(model.layers().size() - 1)));
    return (cuts.problems(model, rows).isEmpty() ? cuts : new Cuts(List.of())).of(model, rows);
  }

  private static StageAudit bench(Machine machine, int stage) {
    return new StageAudit(machine, STAGES.get(stage), TRAINING, Fixtures.TOLERANCE);
  }

  private static RecordedRound round(Machine machine, Machine middle, int skipped)
      throws Malformed {
    List<Machine> machines =
        IntStream.range(0, STAGES.size()).mapToObj(i -> i == 1 ? middle : machine).toList();
    return RecordedRound.run(machines, STAGES, TRAINING, STEPS, skipped);
  }

  private static TrainingSpec training(long seed, GradientCodec codec) {
    return new TrainingSpec(100, 6, 3, Rate.cosine(0.01f, 0.001f, 4), AdamW.USUAL, seed, codec);
  }
}
