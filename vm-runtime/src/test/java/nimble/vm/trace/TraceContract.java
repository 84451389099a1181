package nimble.vm.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.Bases;
import nimble.vm.Dropout;
import nimble.vm.Fixtures;
import nimble.vm.Layout;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.Precision;
import nimble.vm.Rotary;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.audit.Evidence;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.tensor.Storage;
import org.junit.jupiter.api.Test;

/// What any machine's trace must be.
public abstract class TraceContract {
  static final int ROWS = 3;
  static final float SCALE = 0.25f;
  private static final ModelSpec LLAMA = Fixtures.llama(2, new Rotary.Unscaled(), true);

  abstract Machine machine();

  private TraceMachine tracer() {
    return (TraceMachine) machine();
  }

  /// Every model whole, and each of its layers that has weights; narrow ones; on frozen bases, with
  /// and without dropout.
  static List<StageSpec> stages() {
    List<StageSpec> stages = new ArrayList<>();
    for (ModelSpec model : Fixtures.everyLayer()) {
      stages.add(model.whole(ROWS));
      for (int i = 0; i < model.layers().size(); i++) {
        StageSpec one = new StageSpec(model, i, i + 1, ROWS);
        if (Layout.of(one).count() > 0) {
          stages.add(one);
        }
      }
    }
    for (ModelSpec model : List.of(Fixtures.GPT, Fixtures.MLP, LLAMA)) {
      stages.add(model.in(Precision.BF16).whole(ROWS));
    }
    for (BaseForm form : List.of(BaseForm.FP32, BaseForm.BF16, BaseForm.NF4)) {
      stages.add(adapted(Fixtures.GPT, form, LoraTarget.QKV, LoraTarget.UP).whole(ROWS));
      stages.add(adapted(LLAMA, form, LoraTarget.Q, LoraTarget.V, LoraTarget.GATE).whole(ROWS));
    }
    for (ModelSpec model : List.of(Fixtures.GPT, LLAMA.dropping(0.1f))) {
      Lora lora = new Lora(3, 1, 0.4f, List.of(LoraTarget.UP, LoraTarget.OUT), BaseForm.NF4);
      stages.add(model.with(lora).whole(ROWS));
    }
    ModelSpec narrow =
        adapted(LLAMA, BaseForm.NF4, LoraTarget.K, LoraTarget.OUT, LoraTarget.UP, LoraTarget.DOWN)
            .in(Precision.BF16);
    stages.add(new StageSpec(narrow, 1, narrow.layers().size() - 1, ROWS));
    return stages;
  }

  private static ModelSpec adapted(ModelSpec model, BaseForm base, LoraTarget... targets) {
    return model.with(new Lora(3, 1, List.of(targets), base));
  }

  /// A traced pass of weights, input and output gradient that depend on the seed.
  public static Trace trace(TraceMachine machine, StageSpec stage, boolean trains, long seed) {
    TraceForm form = TraceForm.of(stage, trains, SCALE).of(Fixtures.DRAW);
    try (Floats weights = weights(stage, seed);
        StageBase base = base(stage, seed);
        TraceProgram program = machine.trace(form, weights, base)) {
      Bytes input = Fixtures.input(stage, seed);
      Bytes other = form.other() == Rule.NONE ? Bytes.EMPTY : other(stage, seed);
      List<Bytes> given = Trace.weights(stage, weights, base);
      return Trace.of(form, given, input, other, program.run(input, other, form.draw()));
    }
  }

  /// What its caller closes.
  static StageBase base(StageSpec stage, long seed) {
    return stage.model().lora().isPresent()
        ? Bases.scrambled(stage.model(), Storage.FP32, seed).part(stage)
        : StageBase.NONE;
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
          StageBase base = base(stage, 5);
          StageProgram program = machine().load(stage, weights, base)) {
        Bytes input = Fixtures.input(stage, 5);
        Bytes output;
        Bytes inputGradient;
        if (stage.last()) {
          var result = program.train(input, other(stage, 5), SCALE, Fixtures.DRAW);
          output = Evidence.MicroBatch.loss(Integer.reverseBytes(result.lossBits()));
          inputGradient = result.inputGradient();
        } else {
          Tape tape = program.forward(input, Fixtures.DRAW);
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
      if (Dropout.of(stage).sites() == 0) {
        assertEquals(both.value(both.form().output()), forwards.value(forwards.form().output()));
      } else {
        assertTrue(forwards.form().tensors().stream().noneMatch(TraceContract::isDrawn));
      }
      assertEquals(Rule.NONE, forwards.form().gradient());
    }
  }

  private static boolean isDrawn(TraceTensor tensor) {
    return tensor.rule().filter(Rule.Drawn.class::isInstance).isPresent();
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
