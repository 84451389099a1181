package nimble.vm.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.RecordedRound;
import nimble.vm.audit.StageAudit;
import nimble.vm.audit.StageAudit.Finding;
import nimble.vm.audit.StageAudit.Result;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.template.Gpt;
import nimble.vm.training.Probe;
import org.junit.jupiter.api.Test;

/// Faults of one stage, seen by audits.
final class FaultTest {
  private static final int STEPS = 12;
  private static final Machine HONEST = new ReferenceMachine();
  private static final TrainingSpec TRAINING =
      new TrainingSpec(
          100,
          3,
          3,
          Rate.cosine(0.01f, 0.001f, 4),
          AdamW.USUAL,
          7,
          Fixtures.TRAINING.gradientCodec());
  private static final ModelSpec MODEL = new Gpt(13, 6, 2, 2, 8, true).spec();
  private static final List<StageSpec> STAGES = new Cuts(List.of(2, 4)).of(MODEL, TRAINING.rows());

  @Test
  void f1AClassProbeSeesNothing() {
    for (StageSpec stage : STAGES) {
      Hash honest = Probe.measure(HONEST, stage, TRAINING, Hash.ZERO);
      assertEquals(honest, Probe.measure(new SkipsWork(HONEST), stage, TRAINING, Hash.ZERO));
      Machine flips = new BitFlip(HONEST, 1, 1, 1);
      assertEquals(honest, Probe.measure(flips, stage, TRAINING, Hash.ZERO));
    }
  }

  @Test
  void v6SkippedWorkIsFalseAndNeighboursAreNot() throws Malformed {
    onlyTheBadStageIsFalse(new SkipsWork(HONEST));
  }

  /// Cut off instead of rounded, half of all numbers leave the interval that V3 compares with.
  @Test
  void v3AGradientOfAnotherRoundingIsFalse() throws Malformed {
    onlyTheBadStageIsFalse(new MiscodesGradient(HONEST, TRAINING.microBatches()));
  }

  /// And only of steps in which it was bad.
  private static void onlyTheBadStageIsFalse(Machine fault) throws Malformed {
    for (int bad = 0; bad < STAGES.size(); bad++) {
      List<Machine> machines = machines(bad, fault);
      try (RecordedRound round = RecordedRound.run(machines, STAGES, TRAINING, STEPS, 0)) {
        for (int stage = 0; stage < STAGES.size(); stage++) {
          for (int step = 0; step <= STEPS; step++) {
            boolean guilty = stage == bad && step >= 2 && step < STEPS;
            Result result = audit(round, stage, step);
            assertEquals(
                guilty ? Finding.FALSE : Finding.EQUAL, result.finding(), result::toString);
          }
        }
      }
    }
  }

  @Test
  void v6AFlippedBitIsWhatItIsWorth() throws Malformed {
    Map<Finding, Integer> found = new EnumMap<>(Finding.class);
    for (int seed = 0; seed < 12; seed++) {
      int bad = seed % STAGES.size();
      List<Machine> machines = machines(bad, new BitFlip(HONEST, seed, 3, 2));
      try (RecordedRound round = RecordedRound.run(machines, STAGES, TRAINING, STEPS, 0)) {
        for (int step = 0; step < STEPS; step++) {
          Result result = audit(round, bad, step);
          found.merge(result.finding(), 1, Integer::sum);
          assertTrue(result.finding() == Finding.EQUAL || step >= 2);
        }
        for (int stage = 0; stage < STAGES.size(); stage++) {
          assertEquals(Finding.EQUAL, audit(round, stage, STEPS).finding());
          assertEquals(Finding.EQUAL, audit(round, stage, 0).finding());
        }
      }
    }
    // Half of the bits are below what bf16 keeps; low ones deviate, those of exponents are false.
    assertTrue(found.size() == 3 && found.getOrDefault(Finding.FALSE, 0) > 5, found::toString);
  }

  private static Result audit(RecordedRound round, int stage, int step) throws Malformed {
    try (StageAudit bench =
        new StageAudit(HONEST, STAGES.get(stage), TRAINING, Fixtures.TOLERANCE)) {
      return bench.audit(round.evidence(stage, step), true);
    }
  }

  private static List<Machine> machines(int bad, Machine fault) {
    List<Machine> machines = new ArrayList<>();
    for (int stage = 0; stage < STAGES.size(); stage++) {
      machines.add(stage == bad ? fault : HONEST);
    }
    return machines;
  }
}
