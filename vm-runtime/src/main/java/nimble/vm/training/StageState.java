package nimble.vm.training;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.Layout;
import nimble.vm.Philox;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.GradientReader;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.ParameterTensor;

/// A stage's exact state: weights, both moments, the step and the running powers of the betas (T6).
/// Owns its memory; one thread at a time.
public final class StageState implements AutoCloseable {
  private static final int CHUNK_FLOATS = StateManifest.CHUNK_BYTES / Float.BYTES;

  private final StageSpec spec;
  private final Layout layout;
  private final Floats weights;
  private final Floats first;
  private final Floats second;
  private final ExactOptimizer optimizer = new ExactOptimizer();
  private long step;
  private double power1 = 1;
  private double power2 = 1;

  private StageState(StageSpec spec) {
    this.spec = spec;
    layout = Layout.of(spec);
    weights = Floats.zeros(layout.count());
    first = Floats.zeros(layout.count());
    second = Floats.zeros(layout.count());
  }

  /// Before the first step: the same for everyone who has the seed (T1).
  public static StageState initial(StageSpec spec, long seed) {
    return initial(spec, seed, StageBase.NONE);
  }

  /// And the base, on which it is or with which it begins (L1).
  public static StageState initial(StageSpec spec, long seed, StageBase base) {
    return initial(spec, Bytes.ofU64(seed), base);
  }

  static StageState initial(StageSpec spec, Bytes seed, StageBase base) {
    StageState state = new StageState(spec);
    state.reset(seed, base);
    return state;
  }

  /// All zeros: to be filled before use.
  public static StageState empty(StageSpec spec) {
    return new StageState(spec);
  }

  /// From a checkpoint; each chunk is checked against the manifest.
  public static StageState restore(StageSpec spec, StateManifest manifest, IntFunction<Bytes> chunk)
      throws Malformed {
    StageState state = new StageState(spec);
    try {
      state.refill(manifest, chunk);
    } catch (Malformed | RuntimeException e) {
      state.close();
      throw e;
    }
    return state;
  }

  /// Goes back to [#initial]; programs bound to the weights see it.
  public void reset(long seed, StageBase base) {
    reset(Bytes.ofU64(seed), base);
  }

  private void reset(Bytes seed, StageBase base) {
    if (base.isNone() || spec.model().lora().isPresent()) {
      Philox draws = Philox.of(seed, "weights");
      for (ParameterTensor tensor : layout.tensors()) {
        weights.put(tensor.offset(), initial(tensor, draws), tensor.count());
      }
    } else {
      base.copyTo(weights);
    }
    first.clear();
    second.clear();
    step = 0;
    power1 = 1;
    power2 = 1;
  }

  /// Goes to a checkpoint, as [#restore]. After a [Malformed] the state is of no use until it is
  /// filled again.
  public void refill(StateManifest manifest, IntFunction<Bytes> chunk) throws Malformed {
    if (manifest.parameters() != layout.count()) {
      throw new Malformed(
          "%d parameters, the stage has %d".formatted(manifest.parameters(), layout.count()));
    }
    for (int i = 0; i < manifest.chunks().size(); i++) {
      put(manifest, i, chunk.apply(i));
    }
    step = manifest.step();
    power1 = Double.longBitsToDouble(manifest.power1Bits());
    power2 = Double.longBitsToDouble(manifest.power2Bits());
  }

  public StageSpec spec() {
    return spec;
  }

  public Layout layout() {
    return layout;
  }

  /// Steps behind this state.
  public long step() {
    return step;
  }

  /// Read in place by programs; only [#apply] changes them.
  public Floats weights() {
    return weights;
  }

  /// Rounds a gradient to its committed form.
  public StepGradient commit(TrainingSpec training, Floats raw) {
    Bytes encoded = training.gradientCodec().encode(raw);
    try {
      return StepGradient.of(encoded, squares(training, encoded));
    } catch (Malformed e) {
      throw new IllegalStateException("the codec refuses its own encoding", e);
    }
  }

  /// The sum of squares of a committed gradient, for checking what others claim.
  public double squares(TrainingSpec training, Bytes encoded) throws Malformed {
    return optimizer.squares(layout, reader(training, encoded));
  }

  /// `S_{t+1} = Update(S_t, ĝ_t)`: the same bits for everyone (T4, T5).
  public void apply(TrainingSpec training, Bytes encoded, ClipFactor factor) throws Malformed {
    GradientReader gradient = reader(training, encoded);
    if (!factor.skips()) {
      power1 *= training.optimizer().beta1();
      power2 *= training.optimizer().beta2();
      optimizer.update(
          layout,
          weights,
          first,
          second,
          gradient,
          factor.value(),
          training,
          training.rate().at(step, training.steps()),
          (float) (1 - power1),
          (float) (1 - power2));
    }
    skip();
  }

  /// A step that changes nothing (T5).
  public void skip() {
    step++;
  }

  private GradientReader reader(TrainingSpec training, Bytes encoded) throws Malformed {
    return training.gradientCodec().reader(encoded, layout.count());
  }

  public Hash root() {
    return manifest().root();
  }

  public StateManifest manifest() {
    List<Hash> chunks = new ArrayList<>();
    for (Floats section : List.of(weights, first, second)) {
      for (int at = 0; at < section.count(); at += CHUNK_FLOATS) {
        MessageDigest digest = Hashing.newSha256();
        digest.update(section.view(at, Math.min(CHUNK_FLOATS, section.count() - at)));
        chunks.add(Hashing.finish(digest));
      }
    }
    return new StateManifest(
        step,
        Double.doubleToRawLongBits(power1),
        Double.doubleToRawLongBits(power2),
        layout.count(),
        chunks);
  }

  /// Chunk `index` of this state's manifest.
  public Bytes chunk(int index) {
    int perSection = StateManifest.perSection(layout.count());
    int at = index % perSection * CHUNK_FLOATS;
    return section(index / perSection).bytes(at, Math.min(CHUNK_FLOATS, layout.count() - at));
  }

  @Override
  public void close() {
    weights.close();
    first.close();
    second.close();
  }

  private void put(StateManifest manifest, int index, Bytes chunk) throws Malformed {
    if (chunk.size() != manifest.chunkBytes(index)
        || !Hashing.sha256(chunk).equals(manifest.chunks().get(index))) {
      throw new Malformed("chunk %d is not what the manifest says".formatted(index));
    }
    section(manifest.section(index)).putBytes(manifest.place(index) * CHUNK_FLOATS, chunk);
  }

  private Floats section(int index) {
    Invariant.check(index >= 0 && index < 3, "section %d", index);
    return index == 0 ? weights : index == 1 ? first : second;
  }

  private static float[] initial(ParameterTensor tensor, Philox draws) {
    return switch (tensor.initial()) {
      case ParameterTensor.Initial.Constant(float value) -> {
        float[] values = new float[tensor.count()];
        Arrays.fill(values, value);
        yield values;
      }
      case ParameterTensor.Initial.Normal(double deviation) ->
          draws.normals(tensor.number(), tensor.count(), deviation);
    };
  }
}
