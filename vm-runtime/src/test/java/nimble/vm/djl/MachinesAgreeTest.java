package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.Curve;
import nimble.vm.Fixtures;
import nimble.vm.Layer;
import nimble.vm.Layout;
import nimble.vm.Machine;
import nimble.vm.Metering;
import nimble.vm.ModelSpec;
import nimble.vm.Precision;
import nimble.vm.Rotary;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import org.junit.jupiter.api.Test;

/// The fast machine, whatever multiplies, against the reference, layer by layer: relative distances
/// of whole tensors.
final class MachinesAgreeTest {
  private static final double OUTPUT = 1e-6;
  private static final double GRADIENT = 3e-6;
  private static final int ROWS = 3;
  private static final int WIDTH = 24;
  private static final int CONTEXT = 10;

  private final List<Machine> all = List.of(new DjlMachine(), Machines.oneDnn());
  private final Machine reference = new ReferenceMachine();

  @Test
  void everyLayerForwardAndBackward() {
    for (boolean bias : new boolean[] {true, false}) {
      check(new Layer.LayerNorm(WIDTH, bias));
      check(new Layer.Linear(WIDTH, 17, bias));
      for (int heads : new int[] {1, 3, 8}) {
        check(new Layer.CausalAttention(WIDTH, heads, bias));
      }
      for (Curve curve : Curve.values()) {
        check(new Layer.FeedForward(WIDTH, 31, curve, bias));
      }
    }
    check(
        new Layer.Residual(
            List.of(new Layer.LayerNorm(WIDTH, true), new Layer.Linear(WIDTH, WIDTH, true))));
  }

  @Test
  void everyHeadAndWholeModels() {
    List<Layer> heads =
        List.of(
            new Layer.LanguageHead(WIDTH, 19),
            new Layer.ClassifierHead(WIDTH, 5),
            new Layer.RegressionHead(WIDTH, 4));
    for (Layer head : heads) {
      Layer before = new Layer.LayerNorm(WIDTH, true);
      checkLast(new StageSpec(new ModelSpec(CONTEXT, List.of(before, head)), 1, 2, ROWS));
    }
    for (ModelSpec model : Fixtures.everyLayer()) {
      checkLast(model.whole(ROWS));
      StageSpec inner = new StageSpec(model, 1, model.layers().size() - 1, ROWS);
      if (Metering.of(inner).parameters() > 0) {
        checkInner(inner);
      }
    }
  }

  @Test
  void embeddings() {
    for (int positions : new int[] {0, CONTEXT}) {
      List<Layer> layers =
          List.of(
              new Layer.Embedding(40, positions, WIDTH),
              new Layer.LayerNorm(WIDTH, true),
              new Layer.LanguageHead(WIDTH, 3));
      checkInner(new StageSpec(new ModelSpec(CONTEXT, layers), 0, 2, ROWS));
    }
  }

  @Test
  void m1UnlabelledPositionsAreLeftOut() {
    StageSpec stage = Fixtures.GPT.whole(ROWS);
    int[] labels = LittleEndian.ints(Fixtures.labels(stage, 2));
    for (int i = 0; i < labels.length; i += 2) {
      labels[i] = Layer.Head.UNLABELLED;
    }
    checkLast(stage, LittleEndian.ofInts(labels), OUTPUT, GRADIENT);
  }

  /// A sum that another order moves over the middle between two numbers rounds to the other one.
  @Test
  void narrowProductsAgreeAsFarAsTheyAreRounded() {
    for (ModelSpec model : List.of(Fixtures.GPT, Fixtures.llama(2, new Rotary.Unscaled(), false))) {
      StageSpec stage = model.in(Precision.BF16).whole(ROWS);
      Bytes labels = Fixtures.labels(stage, 2);
      checkLast(stage, labels, 1e-3, 1e-2);
      assertNotEquals(loss(model.whole(ROWS), labels), loss(stage, labels));
    }
  }

  private int loss(StageSpec stage, Bytes labels) {
    return Float.floatToIntBits(
        results(
            all.getFirst(),
            stage,
            (program, results) ->
                results[0] =
                    new float[] {
                      Float.intBitsToFloat(program.loss(Fixtures.input(stage, 1), labels))
                    })[0][0]);
  }

  /// The layer as a stage of its own.
  private void check(Layer layer) {
    List<Layer> layers =
        List.of(
            new Layer.LayerNorm(WIDTH, true), layer, new Layer.LanguageHead(layer.outWidth(), 3));
    checkInner(new StageSpec(new ModelSpec(CONTEXT, layers), 1, 2, ROWS));
  }

  private void checkInner(StageSpec stage) {
    Bytes input = Fixtures.input(stage, 1);
    Bytes outputGradient = Fixtures.numbers(stage.outputBytes() / Float.BYTES, 2);
    compare(
        stage,
        OUTPUT,
        GRADIENT,
        (program, results) -> {
          results[0] = LittleEndian.floats(program.infer(input));
          for (int microBatch = 0; microBatch < 2; microBatch++) {
            Tape tape = program.forward(input, Fixtures.DRAW);
            assertEquals(stage.outputBytes(), tape.output().size());
            results[1] = LittleEndian.floats(tape.output());
            results[2] = LittleEndian.floats(program.backward(tape, outputGradient));
          }
        });
  }

  private void checkLast(StageSpec stage) {
    checkLast(stage, Fixtures.labels(stage, 2), OUTPUT, GRADIENT);
  }

  private void checkLast(StageSpec stage, Bytes labels, double output, double gradient) {
    Bytes input = Fixtures.input(stage, 1);
    compare(
        stage,
        output,
        gradient,
        (program, results) -> {
          results[0] = new float[] {Float.intBitsToFloat(program.loss(input, labels))};
          for (int microBatch = 0; microBatch < 2; microBatch++) {
            var result = program.train(input, labels, 0.25f, Fixtures.DRAW);
            results[1] = new float[] {Float.intBitsToFloat(result.lossBits())};
            results[2] = LittleEndian.floats(result.inputGradient());
          }
        });
  }

  private interface Run {
    void on(StageProgram program, float[][] results);
  }

  /// Output twice, input gradient, and the weight gradients of two micro-batches.
  private void compare(StageSpec stage, double output, double gradient, Run run) {
    float[][] expected = results(reference, stage, run);
    double[] bounds = {output, output, gradient, gradient};
    for (Machine fast : all) {
      float[][] actual = results(fast, stage, run);
      for (int i = 0; i < bounds.length; i++) {
        double distance = Fixtures.distance(actual[i], expected[i]);
        assertTrue(distance <= bounds[i], "%s: result %d is %s off".formatted(stage, i, distance));
      }
    }
  }

  private static float[][] results(Machine machine, StageSpec stage, Run run) {
    try (Floats weights = Floats.zeros(Layout.of(stage).count())) {
      Fixtures.scramble(weights, 3);
      try (StageProgram program = machine.load(stage, weights)) {
        float[][] results = new float[4][];
        run.on(program, results);
        results[3] = program.gradient().toArray(0, weights.count());
        return results;
      }
    }
  }
}
