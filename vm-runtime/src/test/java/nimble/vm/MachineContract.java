package nimble.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nimble.check.Invariant.BrokenInvariant;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.vm.data.TextData;
import nimble.vm.gradient.Bf16;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.template.Gpt;
import nimble.vm.template.Llama;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.training.Pipeline;
import nimble.vm.training.Probe;
import nimble.vm.training.StageState;
import nimble.vm.training.StageTrainer;
import org.junit.jupiter.api.Test;

/// What every machine must do; each has a test class that extends this one.
public abstract class MachineContract {
  private static final TextData TEXT =
      new TextData(Bytes.utf8("she sells sea shells by the sea shore; ".repeat(20)), 600);
  private static final ModelSpec MODEL = new Gpt(256, 8, 2, 2, 16, true).spec();

  /// Stays open for the whole test class.
  protected abstract Machine machine();

  /// Relative distance that different orders of adding may cause.
  protected abstract double tolerance();

  @Test
  void m3TheSameCallGivesTheSameBits() {
    StageSpec stage = MODEL.whole(2);
    Hash seed = Hash.ZERO;
    assertEquals(
        Probe.measure(machine(), stage, Fixtures.TRAINING, seed),
        Probe.measure(machine(), stage, Fixtures.TRAINING, seed));
  }

  @Test
  void m5StagesEqualTheWhole() {
    try (var whole = new Pipeline(machine(), MODEL, List.of(), Fixtures.TRAINING);
        var cut = new Pipeline(machine(), MODEL, List.of(1, 4), Fixtures.TRAINING)) {
      for (int step = 0; step < 3; step++) {
        float expected = whole.step(TEXT, step);
        assertEquals(expected, cut.step(TEXT, step), 1e-4 * expected);
      }
      assertTrue(Fixtures.distance(weights(cut), weights(whole)) <= 1e-3);
      assertEquals(whole.validate(TEXT, 3), cut.validate(TEXT, 3), 1e-4);
    }
  }

  @Test
  void t2TrainingLearns() {
    for (GradientCodec codec : GradientCodec.all()) {
      TrainingSpec training = Fixtures.training(codec);
      try (var pipeline = new Pipeline(machine(), MODEL, List.of(2, 4), training)) {
        double before = pipeline.validate(TEXT, 4);
        for (int step = 0; step < training.steps(); step++) {
          pipeline.step(TEXT, step);
        }
        assertTrue(pipeline.validate(TEXT, 4) < 0.6 * before, codec.name());
      }
    }
  }

  @Test
  void t2TheLlamaFamilyLearnsInBothPrecisions() {
    Rotary rotary = new Rotary(10_000, new Rotary.Llama3(4, 1, 4, 8));
    ModelSpec llama = new Llama(256, 8, 2, 4, 2, 4, 16, 40, 1e-5f, rotary, true).spec();
    for (Precision precision : Precision.values()) {
      TrainingSpec training = Fixtures.training(new Bf16());
      try (var pipeline = new Pipeline(machine(), llama.in(precision), List.of(2, 4), training)) {
        double before = pipeline.validate(TEXT, 4);
        for (int step = 0; step < training.steps(); step++) {
          pipeline.step(TEXT, step);
        }
        assertTrue(pipeline.validate(TEXT, 4) < 0.7 * before, precision.title());
      }
    }
  }

  @Test
  void t7MicroBatchesComeInOrder() {
    StageSpec stage = new StageSpec(MODEL, 0, 2, 2);
    try (StageState state = StageState.initial(stage, 1);
        var trainer = new StageTrainer(machine(), Fixtures.TRAINING, state)) {
      Bytes input = Fixtures.input(stage, 1);
      assertThrows(BrokenInvariant.class, () -> trainer.forward(1, input));
      Bytes output = trainer.forward(0, input);
      assertThrows(BrokenInvariant.class, () -> trainer.forward(0, input));
      assertThrows(BrokenInvariant.class, trainer::gradient);
      assertEquals(stage.outputBytes(), output.size());
      assertEquals(Bytes.EMPTY, trainer.backward(0, output));
      trainer.restart();
      assertEquals(output, trainer.forward(0, input));
    }
  }

  @Test
  void m3DecodingWithMemoryEqualsTheFullPass() {
    decodingEqualsTheFullPass(MODEL);
    for (int kvHeads : new int[] {1, 2, 4}) {
      decodingEqualsTheFullPass(Fixtures.llama(kvHeads, new Rotary.Linear(2), true));
    }
  }

  private void decodingEqualsTheFullPass(ModelSpec model) {
    List<StageSpec> stages = new Cuts(List.of(2, 4)).of(model, 1);
    int vocabulary = model.head().outWidth();
    Bytes ids = Fixtures.ids(model.context(), vocabulary, 5);
    float[] expected = fullPass(model, ids);
    for (int prompt = 1; prompt <= model.context(); prompt++) {
      List<Closing> open = new ArrayList<>();
      for (StageSpec stage : stages) {
        StageState state = StageState.initial(stage, 5);
        StageProgram program = machine().load(stage, state.weights());
        open.add(new Closing(state, program, program.decode()));
      }
      int end = prompt;
      Bytes logits = decode(open, ids.slice(0, 4 * prompt));
      check(expected, vocabulary, end, logits);
      while (end < model.context()) {
        logits = decode(open, ids.slice(4 * end, 4 * end + 4));
        end++;
        check(expected, vocabulary, end, logits);
      }
      assertThrows(BrokenInvariant.class, () -> decode(open, ids.slice(0, 4)));
      open.forEach(Closing::close);
    }
  }

  /// G7: rows of different lengths, one new position each, against each row alone.
  @Test
  void g7RowsThatGoTogetherGetWhatTheyGetAlone() {
    for (StageSpec stage : new Cuts(List.of(2, 4)).of(MODEL, 1)) {
      try (StageState state = StageState.initial(stage, 5);
          StageProgram program = machine().load(stage, state.weights())) {
        List<DecodeSession> together = new ArrayList<>();
        List<DecodeSession> alone = new ArrayList<>();
        for (int row = 0; row < 3; row++) {
          Bytes past = positions(stage, row + 1, row);
          together.add(program.decode());
          alone.add(program.decode());
          assertEquals(together.get(row).append(past), alone.get(row).append(past));
        }
        for (int turn = 0; turn < 2; turn++) {
          List<Bytes> inputs = new ArrayList<>();
          for (int row = 0; row < 3; row++) {
            inputs.add(positions(stage, 1, 10 * turn + row + 3));
          }
          List<Bytes> outputs = program.append(together, inputs);
          for (int row = 0; row < 3; row++) {
            float[] expected = LittleEndian.floats(alone.get(row).append(inputs.get(row)));
            double distance = Fixtures.distance(LittleEndian.floats(outputs.get(row)), expected);
            assertTrue(distance <= tolerance(), "row %d: %s".formatted(row, distance));
            assertEquals(alone.get(row).length(), together.get(row).length());
          }
        }
        together.forEach(DecodeSession::close);
        alone.forEach(DecodeSession::close);
      }
    }
  }

  private static Bytes positions(StageSpec stage, int count, int seed) {
    if (stage.takesTokens()) {
      return Fixtures.ids(count, 256, seed);
    }
    float[] numbers = new float[count * stage.inWidth()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) StrictMath.sin(seed + 0.7 * i);
    }
    return LittleEndian.ofFloats(numbers);
  }

  private static float[] weights(Pipeline pipeline) {
    int count = pipeline.states().stream().mapToInt(state -> state.weights().count()).sum();
    float[] all = new float[count];
    int at = 0;
    for (StageState state : pipeline.states()) {
      int length = state.weights().count();
      System.arraycopy(state.weights().toArray(0, length), 0, all, at, length);
      at += length;
    }
    return all;
  }

  private void check(float[] expected, int vocabulary, int end, Bytes logits) {
    float[] row = Arrays.copyOfRange(expected, (end - 1) * vocabulary, end * vocabulary);
    double distance = Fixtures.distance(LittleEndian.floats(logits), row);
    assertTrue(distance <= tolerance(), "position %d: %s".formatted(end, distance));
  }

  /// All positions' logits by a head that is a plain layer.
  private float[] fullPass(ModelSpec model, Bytes ids) {
    Layer.Linear head = ((Layer.LanguageHead) model.head()).linear();
    List<Layer> layers = new ArrayList<>(model.layers());
    layers.set(layers.size() - 1, head);
    layers.add(new Layer.LanguageHead(head.out(), 2));
    ModelSpec open = new ModelSpec(model.context(), layers);
    StageSpec stage = new StageSpec(open, 0, layers.size() - 1, 1);
    try (StageState whole = StageState.initial(model.whole(1), 5);
        StageProgram program = machine().load(stage, whole.weights())) {
      return LittleEndian.floats(program.infer(ids));
    }
  }

  private static Bytes decode(List<Closing> stages, Bytes input) {
    Bytes tensor = input;
    for (Closing stage : stages) {
      tensor = stage.session().append(tensor);
    }
    return tensor;
  }

  private record Closing(StageState state, StageProgram program, DecodeSession session) {
    void close() {
      session.close();
      program.close();
      state.close();
    }
  }
}
