package nimble.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.vm.StageAudit.Finding;
import nimble.vm.StageAudit.Result;
import nimble.vm.reference.ReferenceMachine;
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
              assertEquals(new Result(Finding.EQUAL, result.answer(), "", 0), result);
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
        Hash answer = finding(stage, honest, Finding.EQUAL).answer();
        Evidence wrongEnd = copy(honest, honest.steps(), Hash.ZERO);
        assertEquals(answer, finding(stage, wrongEnd, Finding.FALSE).answer());
        Evidence.Step step = honest.steps().get(2);
        long squares = step.squareBits() + 1;
        finding(stage, with(honest, 2, step.gradient(), squares, step.factorBits()), Finding.FALSE);
        int factor = Float.floatToRawIntBits(2);
        finding(stage, with(honest, 2, step.gradient(), step.squareBits(), factor), Finding.FALSE);
        Bytes short1 = step.gradient().slice(1, step.gradient().size());
        Evidence cut = with(honest, 2, short1, step.squareBits(), step.factorBits());
        assertEquals(answer, finding(stage, cut, Finding.FALSE).answer());
      }
    }
  }

  private static StageAudit bench(int stage) {
    return new StageAudit(MACHINE, STAGES.get(stage), TRAINING, Tolerance.FIRST);
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

  private static Evidence with(
      Evidence evidence, int step, Bytes gradient, long squareBits, int factorBits) {
    List<Evidence.Step> steps = new ArrayList<>(evidence.steps());
    steps.set(step, new Evidence.Step(gradient, squareBits, factorBits));
    return copy(evidence, steps, evidence.endRoot());
  }

  private static Evidence copy(Evidence evidence, List<Evidence.Step> steps, Hash endRoot) {
    return new Evidence(
        evidence.start(),
        evidence.firstStep(),
        steps,
        endRoot,
        evidence.audited(),
        evidence.microBatches(),
        evidence.seed());
  }
}
