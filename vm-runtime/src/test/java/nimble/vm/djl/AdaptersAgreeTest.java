package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.Bases;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Layout;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.Rotary;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.tensor.Storage;
import org.junit.jupiter.api.Test;

/// Adapters on frozen bases of every form: the fast machine against the reference.
final class AdaptersAgreeTest {
  private static final double OUTPUT = 2e-6;
  private static final double GRADIENT = 1e-5;
  private static final int ROWS = 2;

  private final Machine fast = new DjlMachine();
  private final Machine reference = new ReferenceMachine();

  /// What comes out of a stage, and its adapters' gradients, of two micro-batches in flight.
  private static float[][] results(
      Machine machine, StageSpec stage, StageBase base, Bytes... given) {
    try (Floats weights = Floats.zeros(Layout.of(stage).count())) {
      Fixtures.scramble(weights, 3);
      try (StageProgram program = machine.load(stage, weights, base)) {
        float[][] results = new float[4][];
        if (stage.last()) {
          results[0] = new float[] {Float.intBitsToFloat(program.loss(given[0], given[1]))};
          for (int microBatch = 0; microBatch < 2; microBatch++) {
            var result = program.train(given[0], given[1], 0.25f, Fixtures.DRAW);
            results[1] = new float[] {Float.intBitsToFloat(result.lossBits())};
            results[2] = LittleEndian.floats(result.inputGradient());
          }
        } else {
          results[0] = LittleEndian.floats(program.infer(given[0]));
          Tape first = program.forward(given[0], Fixtures.DRAW);
          Tape second = program.forward(given[0], Fixtures.DRAW);
          results[1] = LittleEndian.floats(first.output());
          results[2] = LittleEndian.floats(program.backward(first, given[1]));
          results[2] = LittleEndian.floats(program.backward(second, given[1]));
        }
        results[3] = program.gradient().toArray(0, weights.count());
        return results;
      }
    }
  }

  private static Bytes[] given(StageSpec stage) {
    Bytes other =
        stage.last()
            ? Fixtures.labels(stage, 2)
            : Fixtures.numbers(stage.outputBytes() / Float.BYTES, 2);
    return new Bytes[] {Fixtures.input(stage, 1), other};
  }

  private static List<StageSpec> stages(ModelSpec model) {
    int layers = model.layers().size();
    return new Cuts(List.of(2, layers - 3)).of(model, ROWS);
  }

  private static List<LoraTarget> all(ModelSpec model) {
    boolean gpt = model.layers().equals(GPT.layers());
    return gpt
        ? List.of(LoraTarget.QKV, LoraTarget.OUT, LoraTarget.UP, LoraTarget.DOWN)
        : List.of(LoraTarget.Q, LoraTarget.V, LoraTarget.OUT, LoraTarget.GATE, LoraTarget.DOWN);
  }

  private static final ModelSpec GPT = new Gpt(31, 10, 3, 2, 24, true).spec();

  @Test
  void l2TwinsAgreeOnEveryForm() {
    ModelSpec llama = Fixtures.llama(2, new Rotary.Unscaled(), true);
    Bases bases = Bases.scrambled(GPT, Storage.FP32, 5);
    for (BaseForm form : Bases.FORMS) {
      check(bases, GPT.with(new Lora(3, 5, all(GPT), form)).whole(ROWS));
    }
    for (StageSpec stage : stages(GPT.with(new Lora(3, 5, all(GPT), BaseForm.NF4)))) {
      check(bases, stage);
    }
    for (BaseForm form : List.of(BaseForm.FP32, BaseForm.NF4)) {
      Lora lora = new Lora(3, 5, 0.3f, all(llama), form);
      ModelSpec dropping = llama.dropping(0.2f).with(lora);
      check(Bases.scrambled(llama, Storage.FP32, 5), dropping.whole(ROWS));
    }
  }

  private void check(Bases bases, StageSpec stage) {
    try (StageBase base = bases.part(stage)) {
      float[][] expected = results(reference, stage, base, given(stage));
      float[][] actual = results(fast, stage, base, given(stage));
      double[] bounds = {OUTPUT, OUTPUT, GRADIENT, GRADIENT};
      for (int i = 0; i < bounds.length; i++) {
        double distance = Fixtures.distance(actual[i], expected[i]);
        assertTrue(distance <= bounds[i], "%s: result %d is %s off".formatted(stage, i, distance));
      }
    }
  }

  @Test
  void l5ForwardOnceMoreGivesTheSameBits() {
    Bases bases = Bases.scrambled(GPT, Storage.BF16, 5);
    for (int stage = 0; stage < 3; stage++) {
      float[][] kept = onBf16(bases, BaseForm.FP32, stage);
      float[][] streamed = onBf16(bases, BaseForm.BF16, stage);
      for (int i = 0; i < kept.length; i++) {
        assertArrayEquals(kept[i], streamed[i], 0f);
      }
    }
  }

  private float[][] onBf16(Bases bases, BaseForm form, int stage) {
    Lora lora = new Lora(3, 5, 0.3f, all(GPT), form);
    StageSpec spec = stages(GPT.dropping(0.2f).with(lora)).get(stage);
    try (StageBase base = bases.part(spec)) {
      return results(fast, spec, base, given(spec));
    }
  }

  @Test
  void l3DecodingInTheProgramIsOurs() {
    Bases bases = Bases.scrambled(GPT, Storage.FP32, 5);
    ModelSpec adapted = GPT.with(new Lora(3, 5, all(GPT), BaseForm.NF4));
    StageSpec stage = stages(adapted).get(1);
    ModelSpec plain = GPT.with(new Lora(3, 5, all(GPT), BaseForm.FP32));
    StageSpec same = stages(plain).get(1);
    try (StageBase quantised = bases.part(stage)) {
      Bases decoded =
          Bases.of(
              GPT,
              Storage.FP32,
              (layer, weights) -> {
                try (StageBase part =
                    bases.part(new StageSpec(adapted, layer.firstLayer(), layer.endLayer(), 1))) {
                  int at = 0;
                  for (var tensor : part.tensors()) {
                    weights.put(at, tensor.values(), tensor.count());
                    at += tensor.count();
                  }
                }
              });
      try (StageBase numbers = decoded.part(same)) {
        float[][] expected = results(fast, same, numbers, given(same));
        float[][] actual = results(fast, stage, quantised, given(stage));
        assertEquals(Arrays.deepToString(expected), Arrays.deepToString(actual));
      }
    }
  }
}
