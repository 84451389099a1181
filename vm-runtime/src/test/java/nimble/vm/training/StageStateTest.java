package nimble.vm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.sim.Seeds;
import nimble.types.Hash;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Philox;
import nimble.vm.Rate;
import nimble.vm.Schedule;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.Bf16;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.template.Mlp;
import nimble.vm.tensor.Floats;
import org.junit.jupiter.api.Test;

final class StageStateTest {
  private static final StageSpec STAGE = Fixtures.GPT.whole(2);

  @Test
  void t4EveryUpdateEqualsTheNaiveOne() {
    Seeds.forEach(
        10,
        random -> {
          for (GradientCodec codec : GradientCodec.all()) {
            TrainingSpec training = Fixtures.training(codec);
            try (StageState state = StageState.initial(STAGE, random.nextLong())) {
              var naive = new NaiveAdamW(state);
              for (int step = 0; step < 20; step++) {
                StepGradient gradient = gradient(state, training, random, step == 7);
                ClipFactor factor = ClipFactor.of(training, List.of(gradient.squareBits()));
                assertEquals(step == 7, factor.skips());
                naive.apply(training, gradient, factor);
                apply(state, training, gradient, factor);
                naive.compare(state);
              }
            }
          }
        });
  }

  @Test
  void t3TheFactorBringsTheNormOfAllStagesToTheClip() {
    long nine = Double.doubleToRawLongBits(9);
    long sixteen = Double.doubleToRawLongBits(16);
    assertEquals(0.2f, ClipFactor.of(Fixtures.TRAINING, List.of(nine, sixteen)).value());
    long small = Double.doubleToRawLongBits(0.25);
    assertEquals(1f, ClipFactor.of(Fixtures.TRAINING, List.of(small, small)).value());
    assertEquals(1f, ClipFactor.of(Fixtures.TRAINING, List.of(0L)).value());
    long infinite = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);
    assertTrue(ClipFactor.of(Fixtures.TRAINING, List.of(nine, infinite)).skips());
  }

  /// What a peer announces may be anything; auditors compare the factor's bits on every machine.
  @Test
  void t3AFactorThatSkipsHasOneForm() {
    ClipFactor skips = new ClipFactor(Float.floatToIntBits(Float.NaN));
    for (double hostile : new double[] {-25, Double.NEGATIVE_INFINITY, Double.NaN}) {
      List<Long> squares =
          List.of(Double.doubleToRawLongBits(9), Double.doubleToRawLongBits(hostile));
      assertEquals(skips, ClipFactor.of(Fixtures.TRAINING, squares), () -> "with " + hostile);
    }
  }

  @Test
  void t4TheRateMayFallInALine() {
    TrainingSpec line =
        new TrainingSpec(
            40, 4, 2, new Rate(0.01f, 0f, Schedule.LINEAR, 4), AdamW.USUAL, 7, new Bf16());
    assertEquals(0.002, at(line, 0), 1e-9);
    assertEquals(0.01, at(line, 4), 1e-9);
    assertEquals(0.0075, at(line, 13), 1e-9);
    assertEquals(0, at(line, 40), 0);
  }

  private static float at(TrainingSpec training, long step) {
    return training.rate().at(step, training.steps());
  }

  @Test
  void t4TheRateWarmsUpAndFollowsACosine() {
    assertEquals(0.002, at(Fixtures.TRAINING, 0), 1e-9);
    assertEquals(0.008, at(Fixtures.TRAINING, 3), 1e-9);
    assertEquals(0.01, at(Fixtures.TRAINING, 4), 1e-9);
    assertEquals(0.0055, at(Fixtures.TRAINING, 22), 1e-9);
    assertEquals(0.001, at(Fixtures.TRAINING, 40), 1e-9);
    assertEquals(0.001, at(Fixtures.TRAINING, 1_000), 1e-9);
  }

  @Test
  void t5ASkippedStepCountsAndChangesNothingElse() {
    TrainingSpec training = Fixtures.TRAINING;
    try (StageState state = StageState.initial(STAGE, 3)) {
      float[] before = state.weights().toArray(0, state.weights().count());
      StepGradient gradient = gradient(state, training, new SplittableRandom(1), true);
      apply(state, training, gradient, ClipFactor.of(training, List.of(gradient.squareBits())));
      assertArrayEquals(before, state.weights().toArray(0, before.length));
      assertEquals(1, state.step());
      assertEquals(Double.doubleToRawLongBits(1), state.manifest().power1Bits());
    }
  }

  /// Fails when any bit of the initial weights, the update or the root changes.
  @Test
  void t6RootsAreStable() {
    TrainingSpec training = Fixtures.TRAINING;
    try (StageState state = StageState.initial(STAGE, training.seed())) {
      assertEquals(
          "828458e970c17681ac6b37ee8f44c2747a1ed5edc14593e67c42f6dc77d6a494",
          state.root().toString());
      StepGradient gradient = gradient(state, training, new SplittableRandom(1), false);
      apply(state, training, gradient, ClipFactor.of(training, List.of(gradient.squareBits())));
      assertEquals(
          "27722a8e2d545a6d4b8094af2fe21fa831cbc4805eb64b2bdab0c39f61ed6201",
          state.root().toString());
    }
  }

  @Test
  void t1CutStagesStartLikeTheWhole() {
    try (StageState whole = StageState.initial(STAGE, 5)) {
      int at = 0;
      for (StageSpec stage : new Cuts(List.of(2, 4)).of(Fixtures.GPT, 2)) {
        try (StageState part = StageState.initial(stage, 5)) {
          int count = part.weights().count();
          assertArrayEquals(whole.weights().toArray(at, count), part.weights().toArray(0, count));
          at += count;
        }
      }
      assertEquals(whole.weights().count(), at);
    }
  }

  @Test
  void t6ACheckpointRestoresTheRootAndADamagedOneIsRefused() throws Malformed {
    // More than one chunk a section.
    StageSpec stage = new Mlp(600, 1, 600, 2).spec().whole(2);
    TrainingSpec training = Fixtures.TRAINING;
    try (StageState state = StageState.initial(stage, 9)) {
      StepGradient gradient = gradient(state, training, new SplittableRandom(2), false);
      apply(state, training, gradient, ClipFactor.of(training, List.of(gradient.squareBits())));
      StateManifest manifest =
          Reader.decode(Writer.encode(state.manifest()::write), StateManifest::read);
      List<Bytes> chunks = new ArrayList<>();
      for (int i = 0; i < manifest.chunks().size(); i++) {
        chunks.add(state.chunk(i));
      }
      assertEquals(6, chunks.size());
      try (StageState restored = StageState.restore(stage, manifest, chunks::get)) {
        assertEquals(state.root(), restored.root());
        assertEquals(manifest.root(), restored.root());
        apply(state, training, gradient, new ClipFactor(Float.floatToRawIntBits(0.5f)));
        apply(restored, training, gradient, new ClipFactor(Float.floatToRawIntBits(0.5f)));
        assertEquals(state.root(), restored.root());
      }
      assertThrows(Malformed.class, () -> StageState.restore(stage, manifest, i -> chunks.get(0)));
      assertThrows(Malformed.class, () -> StageState.restore(STAGE, manifest, chunks::get));
    }
  }

  @Test
  void t6TheRootCoversEveryNumberAndCounter() {
    try (StageState state = StageState.initial(STAGE, 3)) {
      Hash before = state.root();
      StateManifest manifest = state.manifest();
      var later =
          new StateManifest(
              1,
              manifest.power1Bits(),
              manifest.power2Bits(),
              manifest.parameters(),
              manifest.chunks());
      assertNotEquals(before, later.root());
      float[] last = state.weights().toArray(state.weights().count() - 1, 1);
      last[0] += 1;
      state.weights().put(state.weights().count() - 1, last, 1);
      assertNotEquals(before, state.root());
    }
  }

  private static StepGradient gradient(
      StageState state, TrainingSpec training, SplittableRandom random, boolean broken) {
    int count = state.weights().count();
    float[] values = Philox.of(random.nextLong(), "gradient").normals(0, count, 0.1);
    if (broken) {
      values[random.nextInt(count)] = Float.NaN;
    }
    try (Floats raw = Floats.zeros(count)) {
      raw.put(0, values, count);
      return state.commit(training, raw);
    }
  }

  private static void apply(
      StageState state, TrainingSpec training, StepGradient gradient, ClipFactor factor) {
    try {
      state.apply(training, gradient.encoded(), factor);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}
