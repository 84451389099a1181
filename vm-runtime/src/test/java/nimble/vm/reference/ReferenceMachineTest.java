package nimble.vm.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nimble.codec.Bytes;
import nimble.vm.Curve;
import nimble.vm.Fixtures;
import nimble.vm.Layout;
import nimble.vm.Metering;
import nimble.vm.ModelSpec;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import org.junit.jupiter.api.Test;

final class ReferenceMachineTest {
  private static final int ROWS = 2;

  /// Every weight's gradient against the slope of the loss.
  @Test
  void r2GradientsAreSlopes() {
    for (ModelSpec model : Fixtures.everyLayer()) {
      StageSpec stage = model.whole(ROWS);
      try (Floats weights = Floats.zeros(Layout.of(stage).count());
          var program = new ReferenceProgram(stage, weights, StageBase.NONE, Sums.WIDE)) {
        Fixtures.scramble(weights, 1);
        Bytes input = Fixtures.input(stage, 2);
        Bytes labels = Fixtures.labels(stage, 3);
        program.train(input, labels, 1);
        float[] gradient = program.gradient().toArray(0, weights.count());
        for (int i = 0; i < weights.count(); i++) {
          double slope = slope(program, weights, i, input, labels);
          assertEquals(slope, gradient[i], 2e-3 * Math.abs(slope) + 2e-4, model + " weight " + i);
        }
      }
    }
  }

  @Test
  void r2InputGradientsAreSlopes() {
    StageSpec stage = new StageSpec(Fixtures.GPT, 1, 7, ROWS);
    try (Floats weights = Floats.zeros(Layout.of(stage).count());
        var program = new ReferenceProgram(stage, weights, StageBase.NONE, Sums.WIDE)) {
      Fixtures.scramble(weights, 1);
      float[] input = LittleEndian.floats(Fixtures.input(stage, 2));
      Bytes labels = Fixtures.labels(stage, 3);
      float[] gradient =
          LittleEndian.floats(
              program.train(LittleEndian.ofFloats(input), labels, 1).inputGradient());
      for (int i = 0; i < input.length; i++) {
        float kept = input[i];
        input[i] = kept + 0.01f;
        double above = loss(program, LittleEndian.ofFloats(input), labels);
        input[i] = kept - 0.01f;
        double below = loss(program, LittleEndian.ofFloats(input), labels);
        input[i] = kept;
        assertEquals((above - below) / 0.02, gradient[i], 1e-4);
      }
    }
  }

  @Test
  void m6MeteringEqualsWhatRan() {
    for (ModelSpec model : Fixtures.everyLayer()) {
      for (int first = 0; first < model.layers().size(); first++) {
        StageSpec stage = new StageSpec(model, first, model.layers().size(), ROWS);
        try (Floats weights = Floats.zeros(Layout.of(stage).count());
            var program = new ReferenceProgram(stage, weights, StageBase.NONE, Sums.WIDE)) {
          Metering metering = Metering.of(stage);
          assertEquals(weights.count(), metering.parameters());
          Bytes input = Fixtures.input(stage, 2);
          Bytes labels = Fixtures.labels(stage, 3);
          program.loss(input, labels);
          assertEquals(metering.forward(), program.operations(), stage.toString());
          program.train(input, labels, 1);
          assertEquals(
              metering.forward() + metering.backward(), program.operations(), stage.toString());
        }
      }
    }
  }

  @Test
  void r1TheErrorFunctionIsRight() {
    assertEquals(0.5204998778130465, CurveOp.erf(0.5), 1e-15);
    assertEquals(-0.8427007929497149, CurveOp.erf(-1), 1e-15);
    assertEquals(0.9999779095030014, CurveOp.erf(3), 1e-15);
    assertEquals(1, CurveOp.erf(7), 0);
    assertTrue(Curve.values().length == 4);
  }

  private static double slope(
      ReferenceProgram program, Floats weights, int at, Bytes input, Bytes labels) {
    float[] kept = weights.toArray(at, 1);
    float step = 0.01f;
    weights.put(at, new float[] {kept[0] + step}, 1);
    double above = loss(program, input, labels);
    weights.put(at, new float[] {kept[0] - step}, 1);
    double below = loss(program, input, labels);
    weights.put(at, kept, 1);
    return (above - below) / (2 * step);
  }

  private static double loss(ReferenceProgram program, Bytes input, Bytes labels) {
    return Float.intBitsToFloat(program.loss(input, labels));
  }
}
