package nimble.vm.audit;

import static nimble.vm.audit.StageAudit.Finding.DEVIATES;
import static nimble.vm.audit.StageAudit.Finding.EQUAL;
import static nimble.vm.audit.StageAudit.Finding.FALSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.sim.Seeds;
import nimble.types.Hash;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Layout;
import nimble.vm.Machine;
import nimble.vm.Metering;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.StageAudit.Finding;
import nimble.vm.audit.StageAudit.Result;
import nimble.vm.fault.NoisyMachine;
import nimble.vm.gradient.Fp32;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.Floats;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.StateManifest;
import org.junit.jupiter.api.Test;

/// Audits on the plain-Java machine.
final class StageAuditTest {
  private static final int STEPS = 3;
  private static final Machine MACHINE = new ReferenceMachine();
  private static final TrainingSpec TRAINING = Fixtures.TRAINING;
  private static final List<StageSpec> STAGES =
      new Cuts(List.of(2, 4)).of(Fixtures.GPT, TRAINING.rows());

  @Test
  void v2AnHonestRoundIsEqualAndAnswersAreOwnToEachStep() throws Malformed {
    for (int skipped = 0; skipped < 2; skipped++) {
      try (RecordedRound round = round(TRAINING, skipped)) {
        Set<Hash> answers = new HashSet<>();
        for (int stage = 0; stage < STAGES.size(); stage++) {
          try (StageAudit bench = bench(stage);
              StageAudit other = bench(stage)) {
            for (int step = STEPS; step >= 0; step--) {
              Result result = bench.audit(round.evidence(stage, step), true);
              assertEquals(new Result(EQUAL, result.answer(), "", Errors.NONE), result);
              assertEquals(result, other.audit(round.evidence(stage, step), true));
              answers.add(result.answer());
            }
          }
        }
        assertEquals(STAGES.size() * (STEPS + 1), answers.size());
      }
    }
  }

  @Test
  void v2WhatIsExactMustBeEqualToTheBit() throws Malformed {
    try (RecordedRound round = round(TRAINING, 1)) {
      for (int stage = 0; stage < STAGES.size(); stage++) {
        Evidence honest = round.evidence(stage, 1);
        Hash answer = finding(stage, honest, EQUAL).answer();
        Evidence.Step step = honest.steps().get(2);
        Bytes cut = step.gradient().slice(1, step.gradient().size());
        int two = Float.floatToRawIntBits(2);
        List<Evidence> others =
            List.of(
                Tampered.steps(honest, honest.steps(), Hash.ZERO),
                last(honest, step.gradient(), step.squareBits() + 1, step.factorBits()),
                last(honest, step.gradient(), step.squareBits(), two),
                last(honest, step.gradient(), step.squareBits(), step.factorBits() - 1),
                last(honest, cut, step.squareBits(), step.factorBits()));
        for (Evidence other : others) {
          assertEquals(answer, finding(stage, other, FALSE).answer());
        }
      }
    }
  }

  private static Evidence last(Evidence e, Bytes gradient, long squareBits, int factorBits) {
    return Tampered.step(e, STEPS - 1, new Evidence.Step(gradient, squareBits, factorBits));
  }

  @Test
  void v3AnEdgeThatIsNotWhatTheMachineGivesIsNotEqual() throws Malformed {
    try (RecordedRound round = round(TRAINING, 0)) {
      for (int stage = 0; stage < STAGES.size(); stage++) {
        boolean last = STAGES.get(stage).last();
        Evidence honest = round.evidence(stage, 2);
        Bytes output = honest.microBatches().getFirst().output();
        // A bit of little worth, one of much, not a number, another size.
        finding(stage, Tampered.output(honest, Tampered.flip(output, last, 0)), DEVIATES);
        finding(stage, Tampered.output(honest, Tampered.flip(output, last, 30)), FALSE);
        finding(stage, Tampered.output(honest, Tampered.notANumber(output)), FALSE);
        finding(stage, Tampered.output(honest, Bytes.EMPTY), FALSE);
        Bytes up = honest.microBatches().getFirst().inputGradient();
        if (stage > 0) {
          finding(stage, Tampered.inputGradient(honest, Tampered.flip(up, false, 0)), DEVIATES);
          finding(stage, Tampered.inputGradient(honest, Tampered.flip(up, false, 30)), FALSE);
          finding(stage, Tampered.inputGradient(honest, Bytes.EMPTY), FALSE);
        }
      }
    }
  }

  @Test
  void v4WhatComesInChangesTheAnswer() throws Malformed {
    try (RecordedRound round = round(TRAINING, 0)) {
      for (int stage = 0; stage < STAGES.size(); stage++) {
        Evidence honest = round.evidence(stage, 0);
        Evidence.MicroBatch given = honest.microBatches().getFirst();
        Hash answer = finding(stage, honest, EQUAL).answer();
        List<Evidence> others = new ArrayList<>();
        if (!STAGES.get(stage).first()) {
          others.add(Tampered.input(honest, Tampered.flip(given.input(), false, 30)));
          others.add(Tampered.input(honest, given.input().slice(0, 4)));
        }
        if (!STAGES.get(stage).last()) {
          Bytes down = given.outputGradient();
          others.add(Tampered.outputGradient(honest, Tampered.flip(down, false, 30)));
          others.add(Tampered.outputGradient(honest, Bytes.EMPTY));
        }
        for (Evidence other : others) {
          assertNotEquals(answer, finding(stage, other, FALSE).answer());
        }
      }
    }
  }

  @Test
  void v3NoiseWithinTheToleranceDeviatesAndWhatIsMadeUpIsFalse() throws Malformed {
    for (GradientCodec codec : GradientCodec.all()) {
      TrainingSpec training = Fixtures.training(codec);
      List<Machine> noisy = Collections.nCopies(3, new NoisyMachine(MACHINE, 1e-5));
      try (RecordedRound round = RecordedRound.run(noisy, STAGES, training, STEPS, 0)) {
        for (int stage = 0; stage < STAGES.size(); stage++) {
          try (StageAudit bench =
              new StageAudit(MACHINE, STAGES.get(stage), training, Fixtures.TOLERANCE)) {
            Evidence honest = round.evidence(stage, 2);
            Result result = bench.audit(honest, true);
            assertEquals(DEVIATES, result.finding(), result::toString);
            assertEquals(EQUAL, bench.audit(honest, false).finding());
            Evidence.Step step = honest.steps().get(2);
            Bytes zeros = Bytes.wrap(new byte[step.gradient().size()]);
            Evidence none = last(honest, zeros, 0, step.factorBits());
            assertEquals(FALSE, bench.audit(none, true).finding());
            assertEquals(FALSE, bench.audit(none, false).finding());
          }
        }
      }
    }
  }

  /// An entry may round to another number; its error is what it lacks to the middle, not a step.
  @Test
  void v3AGradientIsComparedWithTheIntervalOfWhatIsCommitted() {
    Layout layout = Layout.of(STAGES.get(1));
    try (Floats ours = Floats.zeros(layout.count());
        Floats theirs = Floats.zeros(layout.count())) {
      Fixtures.scramble(theirs, 4);
      ours.copyFrom(theirs);
      ours.add(theirs, 1e-4f);
      for (GradientCodec codec : GradientCodec.all()) {
        Comparison comparison = new Comparison();
        comparison.gradient(layout, codec, ours, codec.encode(theirs));
        Result result = comparison.result(Hash.ZERO, Fixtures.TOLERANCE, true);
        assertEquals(DEVIATES, result.finding());
        assertTrue(result.errors().largest() <= 1.1e-4, result::toString);
      }
    }
  }

  @Test
  void t5StepsThatAreNotFiniteAreAuditedLikeOthers() throws Malformed {
    Machine huge =
        new Machine() {
          @Override
          public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
            Fixtures.scramble(weights, 1);
            weights.add(weights, 1e30f);
            return MACHINE.load(spec, weights, base);
          }

          @Override
          public void close() {}
        };
    List<Machine> machines = List.of(MACHINE, huge, MACHINE);
    try (RecordedRound round = RecordedRound.run(machines, STAGES, TRAINING, STEPS, 1)) {
      for (int stage = 0; stage < STAGES.size(); stage++) {
        Evidence honest = round.evidence(stage, 1);
        Evidence.Step step = honest.steps().get(1);
        assertTrue(new ClipFactor(step.factorBits()).skips());
        finding(stage, honest, EQUAL);
        finding(stage, round.evidence(stage, STEPS), EQUAL);
        Bytes zeros = Bytes.wrap(new byte[step.gradient().size()]);
        var skipped = new Evidence.Step(zeros, 0, step.factorBits());
        finding(stage, Tampered.step(honest, 1, skipped), FALSE);
      }
    }
  }

  @Test
  void v5AValidationBatchAnswersByTheSeed() throws Malformed {
    try (RecordedRound round = round(TRAINING, 0)) {
      for (int stage = 0; stage < STAGES.size(); stage++) {
        boolean last = stage == STAGES.size() - 1;
        Evidence honest = round.evidence(stage, STEPS);
        Hash answer = finding(stage, honest, EQUAL).answer();
        Evidence other = Tampered.seed(honest, RecordedRound.seed(99));
        assertNotEquals(answer, finding(stage, other, EQUAL).answer());
        Bytes output = honest.microBatches().getFirst().output();
        finding(stage, Tampered.output(honest, Tampered.flip(output, last, 30)), FALSE);
      }
    }
  }

  /// Whoever has ĝ must not have the answer.
  @Test
  void v5AnswersOfTrainingStepsAreNoFunctionOfWhatIsSent() throws Malformed {
    for (GradientCodec codec : GradientCodec.all()) {
      TrainingSpec training = Fixtures.training(codec);
      try (RecordedRound round = round(training, 0);
          StageAudit bench = new StageAudit(MACHINE, STAGES.get(1), training, Fixtures.TOLERANCE)) {
        Evidence honest = round.evidence(1, 1);
        Hash sent = Hashing.sha256(honest.steps().get(1).gradient());
        Hash answer = bench.audit(honest, true).answer();
        assertNotEquals(sent, answer);
        Evidence other = Tampered.seed(honest, RecordedRound.seed(99));
        boolean seeded = !answer.equals(bench.audit(other, true).answer());
        assertEquals(codec instanceof Fp32, seeded);
      }
    }
  }

  @Test
  void v1ADamagedStartIsMalformedAndTheBenchGoesOn() throws Malformed {
    try (RecordedRound round = round(TRAINING, 1);
        StageAudit bench = bench(1)) {
      Evidence honest = round.evidence(1, 0);
      Evidence.Start.Kept start = (Evidence.Start.Kept) honest.start();
      List<Bytes> chunks = new ArrayList<>(start.chunks());
      chunks.set(1, Tampered.flip(chunks.get(1), false, 3));
      var damaged = new Evidence.Start.Kept(start.manifest(), chunks);
      assertThrows(Malformed.class, () -> bench.audit(Tampered.start(honest, damaged, 3), true));
      var fewer = new Evidence.Start.Kept(start.manifest(), chunks.subList(0, 2));
      assertThrows(Malformed.class, () -> bench.audit(Tampered.start(honest, fewer, 3), true));
      assertEquals(FALSE, bench.audit(Tampered.start(honest, start, 4), true).finding());
      StateManifest of =
          round.evidence(0, 0).start() instanceof Evidence.Start.Kept kept
              ? kept.manifest()
              : start.manifest();
      var foreign = new Evidence.Start.Kept(of, chunks);
      assertEquals(FALSE, bench.audit(Tampered.start(honest, foreign, 3), true).finding());
      assertEquals(EQUAL, bench.audit(honest, true).finding());
    }
  }

  /// Models, codecs, seeds and rounds of all kinds.
  @Test
  void v6ManyHonestAuditsAreNeverAnythingButEqual() {
    int[] audits = {0};
    Seeds.forEach(
        1_200,
        random -> {
          List<ModelSpec> models = Fixtures.everyLayer();
          ModelSpec model = models.get(random.nextInt(models.size()));
          GradientCodec codec = GradientCodec.all().get(random.nextInt(GradientCodec.all().size()));
          float rate = 0.3f * random.nextFloat();
          TrainingSpec training =
              new TrainingSpec(
                  40, 4, 4, Rate.cosine(rate, 0, 0), AdamW.USUAL, random.nextLong(), codec);
          List<StageSpec> stages = stages(random, model, training.rows());
          int steps = 1 + random.nextInt(6);
          List<Machine> machines = Collections.nCopies(stages.size(), MACHINE);
          try (RecordedRound round =
              RecordedRound.run(machines, stages, training, steps, random.nextInt(3))) {
            for (int stage = 0; stage < stages.size(); stage++) {
              audits[0] += allEqual(round, stages.get(stage), stage, training, steps);
            }
          } catch (Malformed e) {
            throw new AssertionError(e);
          }
        });
    assertTrue(audits[0] > 10_000, audits[0] + " audits");
  }

  /// Cut in two where that leaves each a parameter.
  private static List<StageSpec> stages(SplittableRandom random, ModelSpec model, int rows) {
    Cuts cuts = new Cuts(List.of(1 + random.nextInt(model.layers().size() - 1)));
    return (cuts.problems(model, rows).isEmpty() ? cuts : new Cuts(List.of())).of(model, rows);
  }

  private static int allEqual(
      RecordedRound round, StageSpec spec, int stage, TrainingSpec training, int steps)
      throws Malformed {
    try (StageAudit bench = new StageAudit(MACHINE, spec, training, Fixtures.TOLERANCE)) {
      for (int step = 0; step <= steps; step++) {
        Result result = bench.audit(round.evidence(stage, step), true);
        assertEquals(EQUAL, result.finding(), result::toString);
      }
    }
    return steps + 1;
  }

  @Test
  void m6AnAuditCostsAStepAndTheOtherUpdatesOfItsRound() {
    Metering metering = Metering.of(STAGES.get(1));
    assertEquals(metering.step(3) + 9 * metering.update(), metering.audit(3, 10));
  }

  private static StageAudit bench(int stage) {
    return new StageAudit(MACHINE, STAGES.get(stage), TRAINING, Fixtures.TOLERANCE);
  }

  private static RecordedRound round(TrainingSpec training, int skipped) throws Malformed {
    return RecordedRound.run(Collections.nCopies(3, MACHINE), STAGES, training, STEPS, skipped);
  }

  private static Result finding(int stage, Evidence evidence, Finding expected) throws Malformed {
    try (StageAudit bench = bench(stage)) {
      Result result = bench.audit(evidence, true);
      assertEquals(expected, result.finding(), result::toString);
      return result;
    }
  }
}
