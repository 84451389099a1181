package nimble.vm.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.Evidence;
import nimble.vm.Fixtures;
import nimble.vm.Floats;
import nimble.vm.Layout;
import nimble.vm.LittleEndian;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import org.junit.jupiter.api.Test;

/// What any machine's trace must be.
public abstract class TraceContract {
  static final int ROWS = 3;
  static final float SCALE = 0.25f;

  abstract Machine machine();

  private TraceMachine tracer() {
    return (TraceMachine) machine();
  }

  /// Every model whole, and each of its layers that has weights.
  static List<StageSpec> stages() {
    List<StageSpec> stages = new ArrayList<>();
    for (ModelSpec model : Fixtures.tracedLayers()) {
      stages.add(model.whole(ROWS));
      for (int i = 0; i < model.layers().size(); i++) {
        StageSpec one = new StageSpec(model, i, i + 1, ROWS);
        if (Layout.of(one).count() > 0) {
          stages.add(one);
        }
      }
    }
    return stages;
  }

  /// A traced pass of weights, input and output gradient that depend on the seed.
  public static Trace trace(TraceMachine machine, StageSpec stage, boolean trains, long seed) {
    TraceForm form = TraceForm.of(stage, trains, SCALE);
    try (Floats weights = weights(stage, seed);
        TraceProgram program = machine.trace(form, weights)) {
      Bytes input = Fixtures.input(stage, seed);
      Bytes other = form.other() == Rule.NONE ? Bytes.EMPTY : other(stage, seed);
      return Trace.of(form, weights, input, other, program.run(input, other));
    }
  }

  private static Floats weights(StageSpec stage, long seed) {
    Floats weights = Floats.zeros(Layout.of(stage).count());
    Fixtures.scramble(weights, seed);
    return weights;
  }

  private static Bytes other(StageSpec stage, long seed) {
    return stage.last()
        ? Fixtures.labels(stage, seed)
        : Fixtures.numbers(stage.outputBytes() / Float.BYTES, seed + 1);
  }

  @Test
  void o3ATraceHasTheBitsOfAnOrdinaryPass() {
    for (StageSpec stage : stages()) {
      Trace trace = trace(tracer(), stage, true, 5);
      try (Floats weights = weights(stage, 5);
          StageProgram program = machine().load(stage, weights)) {
        Bytes input = Fixtures.input(stage, 5);
        Bytes output;
        Bytes inputGradient;
        if (stage.last()) {
          var result = program.train(input, other(stage, 5), SCALE);
          output = Evidence.MicroBatch.loss(Integer.reverseBytes(result.lossBits()));
          inputGradient = result.inputGradient();
        } else {
          Tape tape = program.forward(input);
          output = tape.output();
          inputGradient = program.backward(tape, other(stage, 5));
        }
        assertEquals(output, trace.value(trace.form().output()), stage.toString());
        if (!stage.takesTokens()) {
          assertEquals(inputGradient, trace.value(trace.form().inputGradient()), stage.toString());
        }
        assertEquals(numbers(gradient(program)), numbers(trace.value(trace.form().gradient())));
      }
    }
  }

  @Test
  void o3AValidationBatchHasOnlyTheWayForwards() {
    for (StageSpec stage : stages()) {
      Trace forwards = trace(tracer(), stage, false, 6);
      Trace both = trace(tracer(), stage, true, 6);
      assertEquals(both.value(both.form().output()), forwards.value(forwards.form().output()));
      assertEquals(Rule.NONE, forwards.form().gradient());
    }
  }

  private static Bytes gradient(StageProgram program) {
    return program.gradient().bytes(0, program.gradient().count());
  }

  /// As numbers: adding to zero makes a negative zero positive.
  private static List<Float> numbers(Bytes bytes) {
    List<Float> numbers = new ArrayList<>();
    for (float number : LittleEndian.floats(bytes)) {
      numbers.add(number + 0f);
    }
    return numbers;
  }
}
