package nimble.vm.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.Bases;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.Precision;
import nimble.vm.Rotary;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.Evidence;
import nimble.vm.audit.RecordedRound;
import nimble.vm.reference.Addition;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Storage;
import org.junit.jupiter.api.Test;

/// What a miner committed to follows from its traces, also where most of a stage is frozen.
final class StepTracesTest {
  private static final TrainingSpec TRAINING = Fixtures.TRAINING;
  private static final ModelSpec LLAMA = Fixtures.llama(2, new Rotary.Unscaled(), false);
  private static final ReferenceMachine MACHINE = new ReferenceMachine();
  private static final int STEPS = 2;

  @Test
  void o6TracesBeginFromTheBaseAsItDecodes() throws Malformed {
    List<LoraTarget> targets = List.of(LoraTarget.Q, LoraTarget.UP, LoraTarget.OUT);
    check(LLAMA.with(new Lora(3, 1, targets, BaseForm.NF4)).in(Precision.BF16));
  }

  @Test
  void o3TracesEndInWhatWasCommittedTo() throws Malformed {
    check(LLAMA);
  }

  @Test
  void o8WhatIsLeftOutIsThatOfTheStepAndTheMicroBatch() throws Malformed {
    check(LLAMA.dropping(0.2f));
  }

  private static void check(ModelSpec model) throws Malformed {
    List<StageSpec> stages = new Cuts(List.of(2)).of(model, TRAINING.rows());
    List<Machine> machines = List.of(MACHINE, MACHINE);
    Bases bases = Bases.scrambled(model, Storage.FP32, 5);
    List<StageBase> parts = new ArrayList<>();
    for (StageSpec stage : stages) {
      parts.add(model.lora().isPresent() ? bases.part(stage) : StageBase.NONE);
    }
    try (RecordedRound round =
        RecordedRound.run(
            machines, stages, TRAINING, STEPS, 0, stage -> parts.get(stages.indexOf(stage)))) {
      for (int i = 0; i < stages.size(); i++) {
        check(stages.get(i), round.evidence(i, 1), parts.get(i));
      }
    }
    parts.forEach(StageBase::close);
  }

  private static void check(StageSpec stage, Evidence evidence, StageBase base) throws Malformed {
    TraceForm form = TraceForm.of(stage, TRAINING, true);
    List<Bytes> gradients = new ArrayList<>();
    try (StepTraces step = new StepTraces(form, TRAINING, evidence, base);
        TraceProgram program = MACHINE.trace(form, step.weights(), base)) {
      for (int i = 0; i < TRAINING.microBatches(); i++) {
        Trace trace = step.trace(program, i);
        assertEquals(step.given(i), trace.roots().subList(0, form.given()));
        assertEquals(step.output(i), trace.value(form.output()));
        if (!stage.first()) {
          assertEquals(step.inputGradient(i), trace.value(form.inputGradient()));
        }
        gradients.add(trace.value(form.gradient()));
      }
      assertEquals(step.gradient(), Addition.committed(TRAINING.gradientCodec(), gradients));
    }
  }
}
