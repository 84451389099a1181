package nimble.vm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.ParameterTensor;
import nimble.vm.tensor.Storage;
import nimble.vm.training.StageState;
import org.junit.jupiter.api.Test;

final class BaseModelTest {
  private static final Lora LORA = new Lora(3, 6, List.of(LoraTarget.QKV), BaseForm.FP32);

  @Test
  void l4AStageIsMadeOfItsLayersParts() {
    ModelSpec model = Fixtures.GPT;
    Bases bases = Bases.drawn(model, Storage.FP32, 5);
    BaseModel base = bases.base();
    assertEquals(model.layers().size(), base.parts().size());
    for (StageSpec stage : new Cuts(List.of(1, 4)).of(model, 2)) {
      assertEquals(stage.layers().size(), base.parts(stage).size());
      List<Integer> sizes = base.parts(stage).stream().map(id -> bases.blob(id).size()).toList();
      assertEquals(base.partBytes(stage), sizes);
      try (StageBase part = bases.part(stage);
          StageState drawn = StageState.initial(stage, 5);
          StageState begun = StageState.initial(stage, 6, part)) {
        assertTrue(part.isComplete());
        assertEquals(drawn.root(), begun.root());
      }
    }
  }

  @Test
  void l1OnABaseOnlyAdaptersAreWeights() {
    StageSpec stage = new StageSpec(Fixtures.GPT.with(LORA), 1, 3, 2);
    List<String> names = Layout.of(stage).tensors().stream().map(ParameterTensor::name).toList();
    assertEquals(List.of("1.1.qkv.lora_A", "1.1.qkv.lora_B"), names);
    assertEquals(3 * 8 + 24 * 3, Layout.of(stage).count());
    assertEquals(Layout.of(stage).count(), Metering.of(stage).parameters());
    Bases bases = Bases.drawn(Fixtures.GPT, Storage.FP32, 5);
    assertTrue(bases.base().fits(stage.model()));
    try (StageBase part = bases.part(stage);
        StageState adapters = StageState.initial(stage, 6, part)) {
      float[] up = adapters.weights().toArray(24, 72);
      assertArrayEquals(new float[72], up);
      assertFalse(part.isNone());
    }
  }

  @Test
  void l4WhatDoesNotFitIsRefused() throws Malformed {
    ModelSpec model = Fixtures.GPT;
    Bases bases = Bases.drawn(model, Storage.BF16, 5);
    BaseModel base = bases.base();
    assertEquals(base, BaseModel.decode(base.encode()));
    StageSpec stage = new StageSpec(model, 0, 1, 1);
    Bytes first = bases.blob(base.parts().getFirst());
    try (StageBase part = StageBase.of(stage, Storage.BF16)) {
      part.take(first);
      assertThrows(Malformed.class, () -> part.take(first));
    }
    byte[] infinite = first.toArray();
    infinite[2] = (byte) 0x80;
    infinite[3] = 0x7f;
    try (StageBase part = StageBase.of(stage, Storage.BF16)) {
      assertThrows(Malformed.class, () -> part.take(Bytes.wrap(infinite)));
    }
    assertEquals(base.parts().getFirst(), Blob.of(first).id());
  }

  @Test
  void m5EveryStageHasAnAdapter() {
    ModelSpec model = new Gpt(13, 6, 4, 2, 8, true).spec();
    ModelSpec adapted = model.with(new Lora(1, 1, List.of(LoraTarget.UP), BaseForm.NF4));
    for (int stages = 1; stages <= 4; stages++) {
      Cuts cuts = Segmenter.cut(adapted, 2, stages);
      assertEquals(stages, cuts.stages());
      assertEquals(List.of(), cuts.problems(adapted, 2));
    }
    assertEquals(
        "[stages.count must be between 1 and 4, was 5]", Segmenter.problems(adapted, 5).toString());
  }

  @Test
  void m2WhatIsWrongWithAdaptersIsNamed() {
    assertEquals(
        "[lora.target_modules must be what this model has, was q_proj]",
        ModelSpec.problems(
                6,
                Fixtures.GPT.layers(),
                Optional.of(new Lora(2, 4, List.of(LoraTarget.Q), BaseForm.NF4)))
            .toString());
    assertEquals(
        "[lora.r must be between 1 and 1024, was 0, quantization.block must be a power of two"
            + " between 64 and 4096, was 65]",
        Lora.problems(0, 1, 0, List.of(LoraTarget.Q), new BaseForm(Storage.NF4, true, 65))
            .toString());
    Lora down = new Lora(2, 4, List.of(LoraTarget.DOWN), BaseForm.FP32);
    assertEquals(
        "[stages[0].parameters must be between 1 and 536870911, was 0]",
        new Cuts(List.of(2)).problems(Fixtures.GPT.with(down), 2).toString());
  }
}
