package nimble.vm.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.Bases;
import nimble.vm.Fixtures;
import nimble.vm.Layout;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.Metering;
import nimble.vm.ModelSpec;
import nimble.vm.Rotary;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.tensor.ParameterTensor;
import nimble.vm.tensor.Storage;
import org.junit.jupiter.api.Test;

final class LoraTest {
  private static final int ROWS = 2;
  private static final int RANK = 3;
  private static final float ALPHA = 6;
  private static final int WIDTH = 8;
  private static final ModelSpec MODEL = new Gpt(11, 5, 2, 2, WIDTH, true).spec();

  private static StageSpec adapted(BaseForm form) {
    return adapted(form, LoraTarget.QKV, LoraTarget.OUT, LoraTarget.DOWN);
  }

  private static StageSpec adapted(BaseForm form, LoraTarget... targets) {
    return MODEL.with(new Lora(RANK, ALPHA, List.of(targets), form)).whole(ROWS);
  }

  /// What goes into a map with an adapter, and what leaves the way down, twice: as it is and
  /// scaled. A frozen map's own input is read by nobody.
  @Test
  void m6AnAdapterKeepsTheInputOfItsMap() {
    StageSpec one = adapted(BaseForm.FP32, LoraTarget.QKV);
    long positions = one.positions();
    long layers = 2;
    long hidden = 4 * WIDTH;
    long before = Metering.of(one).activationBytes();
    assertEquals(
        before + Float.BYTES * layers * positions * (WIDTH + 2 * RANK),
        Metering.of(adapted(BaseForm.FP32, LoraTarget.QKV, LoraTarget.UP)).activationBytes());
    assertEquals(
        before + Float.BYTES * layers * positions * (hidden + 2 * RANK),
        Metering.of(adapted(BaseForm.FP32, LoraTarget.QKV, LoraTarget.DOWN)).activationBytes());
    assertEquals(
        before + Float.BYTES * layers * positions * 2 * RANK,
        Metering.of(adapted(BaseForm.FP32, LoraTarget.QKV, LoraTarget.OUT)).activationBytes());
  }

  /// `W + alpha/rank · B·A` in place of the adapters.
  @Test
  void l1AdaptersAreADenseUpdateOfTheirRank() {
    StageSpec stage = adapted(BaseForm.FP32);
    StageSpec dense = MODEL.whole(ROWS);
    Bases bases = Bases.scrambled(MODEL, Storage.FP32, 5);
    try (StageBase base = bases.part(stage);
        Floats adapters = Floats.zeros(Layout.of(stage).count());
        Floats weights = Floats.zeros(Layout.of(dense).count())) {
      Fixtures.scramble(adapters, 3);
      update(stage, base, adapters, weights);
      try (var pair = new ReferenceProgram(stage, adapters, base, Sums.WIDE);
          var one = new ReferenceProgram(dense, weights, StageBase.NONE, Sums.WIDE)) {
        Bytes input = Fixtures.input(stage, 2);
        float[] expected = LittleEndian.floats(one.infer(input));
        float[] actual = LittleEndian.floats(pair.infer(input));
        assertTrue(Fixtures.distance(actual, expected) <= 1e-6);
      }
    }
  }

  private static void update(StageSpec stage, StageBase base, Floats adapters, Floats weights) {
    List<ParameterTensor> dense = Layout.of(MODEL.whole(1)).tensors();
    List<ParameterTensor> walk = Layout.walk(stage);
    for (int i = 0; i < dense.size(); i++) {
      ParameterTensor tensor = dense.get(i);
      float[] values = base.tensors().get(i).values();
      String linear = tensor.name().replace(".weight", "");
      for (ParameterTensor down : walk) {
        if (down.name().equals(linear + ".lora_A")) {
          ParameterTensor up = walk.get(walk.indexOf(down) + 1);
          int in = down.shape().getLast();
          float[] a = adapters.toArray(down.offset(), down.count());
          float[] b = adapters.toArray(up.offset(), up.count());
          for (int at = 0; at < values.length; at++) {
            double sum = 0;
            for (int r = 0; r < RANK; r++) {
              sum += (double) b[at / in * RANK + r] * a[r * in + at % in];
            }
            values[at] += (float) (sum * ALPHA / RANK);
          }
        }
      }
      weights.put(tensor.offset(), values, values.length);
    }
  }

  @Test
  void l1AdaptersGradientsAreSlopes() {
    for (BaseForm form : List.of(BaseForm.FP32, BaseForm.NF4)) {
      StageSpec stage = adapted(form);
      Bases bases = Bases.scrambled(MODEL, Storage.FP32, 5);
      try (StageBase base = bases.part(stage);
          Floats weights = Floats.zeros(Layout.of(stage).count());
          var program = new ReferenceProgram(stage, weights, base, Sums.WIDE)) {
        Fixtures.scramble(weights, 1);
        Bytes input = Fixtures.input(stage, 2);
        Bytes labels = Fixtures.labels(stage, 3);
        program.train(input, labels, 1);
        float[] gradient = program.gradient().toArray(0, weights.count());
        for (int i = 0; i < weights.count(); i += 7) {
          float[] kept = weights.toArray(i, 1);
          weights.put(i, new float[] {kept[0] + 0.01f}, 1);
          double above = Float.intBitsToFloat(program.loss(input, labels));
          weights.put(i, new float[] {kept[0] - 0.01f}, 1);
          double below = Float.intBitsToFloat(program.loss(input, labels));
          weights.put(i, kept, 1);
          double slope = (above - below) / 0.02;
          assertEquals(slope, gradient[i], 2e-3 * Math.abs(slope) + 3e-4, form + " " + i);
        }
      }
    }
  }

  /// A layer that is decoded goes forward once more, but for the head: the reference does not.
  @Test
  void m6MeteringEqualsWhatRan() {
    for (BaseForm form : Bases.FORMS) {
      for (ModelSpec model : List.of(MODEL, Fixtures.llama(2, new Rotary.Unscaled(), true))) {
        List<LoraTarget> targets =
            model.equals(MODEL)
                ? List.of(LoraTarget.QKV, LoraTarget.DOWN)
                : List.of(LoraTarget.Q, LoraTarget.V, LoraTarget.GATE, LoraTarget.DOWN);
        Lora lora = new Lora(RANK, ALPHA, 0.1f, targets, form);
        StageSpec stage = model.dropping(0.2f).with(lora).whole(ROWS);
        StageSpec head = new StageSpec(stage.model(), stage.endLayer() - 1, stage.endLayer(), ROWS);
        Bases bases = Bases.scrambled(model, Storage.FP32, 5);
        try (StageBase base = bases.part(stage);
            Floats weights = Floats.zeros(Layout.of(stage).count());
            var program = new ReferenceProgram(stage, weights, base, Sums.WIDE)) {
          Metering metering = Metering.of(stage);
          assertEquals(weights.count(), metering.parameters());
          Bytes input = Fixtures.input(stage, 2);
          Bytes labels = Fixtures.labels(stage, 3);
          program.loss(input, labels);
          assertEquals(metering.forward(), program.operations(), stage.toString());
          program.train(input, labels, 1);
          long again = form.decodes() ? metering.forward() - Metering.of(head).forward() : 0;
          assertEquals(
              metering.forward() + metering.backward() - again,
              program.operations(),
              stage.toString());
        }
      }
    }
  }
}
