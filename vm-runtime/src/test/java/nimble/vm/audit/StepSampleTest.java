package nimble.vm.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.data.TextData;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.reference.Sums;
import nimble.vm.template.Gpt;
import nimble.vm.training.Probe;
import org.junit.jupiter.api.Test;

/// Two classes of plain Java on the same steps.
final class StepSampleTest {
  private static final Machine WIDE = new ReferenceMachine();
  private static final Machine NARROW = new ReferenceMachine(Sums.NARROW);
  private static final ModelSpec MODEL = new Gpt(256, 8, 1, 2, 16, true).spec();
  private static final TextData DATA =
      new TextData(Bytes.utf8("the quick brown fox jumps over the lazy dog. ".repeat(20)), 800);

  private static List<StageSpec> stages(TrainingSpec training) {
    return new Cuts(List.of(2, 3)).of(MODEL, training.rows());
  }

  private static List<StepSample> samples(TrainingSpec training) {
    return StepSample.record(WIDE, stages(training), training, DATA, List.of(0, 4, 12));
  }

  @Test
  void v8ClassesDifferALittleAndAMachineNotAtAllFromItself() {
    for (GradientCodec codec : GradientCodec.all()) {
      TrainingSpec training = Fixtures.training(codec);
      List<StageSpec> stages = stages(training);
      Errors largest = Errors.NONE;
      for (StepSample sample : samples(training)) {
        StageSpec stage = stages.get(sample.stage());
        StepResult wide = StepResult.of(WIDE, stage, training, sample);
        StepResult narrow = StepResult.of(NARROW, stage, training, sample);
        assertEquals(sample.microBatches().getFirst().output(), wide.outputs().getFirst());
        assertEquals(Errors.NONE, wide.errors(stage, training, wide));
        assertFalse(wide.equals(narrow), stage::toString);
        largest = largest.max(wide.errors(stage, training, narrow));
        largest = largest.max(narrow.errors(stage, training, wide));
      }
      assertTrue(largest.output() > 0 && largest.weightGradient() > 0, largest::toString);
      assertTrue(new Tolerance(1e-5, 1e-5, 1e-5).allows(largest), largest::toString);
    }
  }

  @Test
  void t8EachWayToKeepSumsIsAClass() {
    for (StageSpec stage : stages(Fixtures.TRAINING)) {
      Hash wide = Probe.measure(WIDE, stage, Fixtures.TRAINING, Hash.ZERO);
      Hash narrow = Probe.measure(NARROW, stage, Fixtures.TRAINING, Hash.ZERO);
      assertNotEquals(wide, narrow);
    }
  }

  @Test
  void v8SamplesAndResultsComeBackAsTheyWereWritten() throws Malformed {
    StepSample sample = samples(Fixtures.TRAINING).getLast();
    Bytes written = Writer.encode(sample::write);
    assertEquals(sample, Reader.decode(written, StepSample::read));
    StageSpec stage = stages(Fixtures.TRAINING).get(sample.stage());
    StepResult result = StepResult.of(NARROW, stage, Fixtures.TRAINING, sample);
    assertEquals(result, Reader.decode(Writer.encode(result::write), StepResult::read));
    Bytes cut = written.slice(0, written.size() - 1);
    assertThrows(Malformed.class, () -> Reader.decode(cut, StepSample::read));
  }
}
