package nimble.vm;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.vm.audit.Tolerance;
import nimble.vm.gradient.Bf16;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.template.Gpt;
import nimble.vm.template.Mlp;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;

/// Small models and data for tests.
public final class Fixtures {
  /// Tiny tensors cancel more than those of a model that is worth anything.
  public static final Tolerance TOLERANCE = new Tolerance(1e-3, 1e-3, 1e-3);

  public static final ModelSpec GPT = new Gpt(13, 6, 2, 2, 8, true).spec();
  public static final ModelSpec MLP = new Mlp(5, 2, 7, 3).spec();
  public static final TrainingSpec TRAINING = training(new Bf16());

  /// In the middle of a training, where something is left out.
  public static final Draw DRAW = new Draw(7, 3, 1);

  private Fixtures() {}

  public static TrainingSpec training(GradientCodec codec) {
    return new TrainingSpec(40, 4, 2, Rate.cosine(0.01f, 0.001f, 4), AdamW.USUAL, 7, codec);
  }

  /// A model for every kind of layer and every option that changes its arithmetic.
  public static List<ModelSpec> everyLayer() {
    return Stream.concat(tracedLayers().stream(), droppingLayers().stream()).toList();
  }

  /// With every kind of site of dropout, adapters aside.
  public static List<ModelSpec> droppingLayers() {
    return List.of(GPT.dropping(0.25f), MLP.dropping(0.5f));
  }

  /// Those that leave nothing out.
  private static List<ModelSpec> tracedLayers() {
    return List.of(
        GPT,
        MLP,
        new Gpt(13, 6, 1, 4, 8, false).spec(),
        new Mlp(4, 1, 6, 0).spec(),
        new ModelSpec(
            3,
            List.of(
                new Layer.Embedding(11, 0, 8),
                residual(new Layer.FeedForward(8, 12, Curve.GELU_TANH, true)),
                residual(new Layer.FeedForward(8, 5, Curve.SILU, false)),
                new Layer.Linear(8, 6, false),
                new Layer.Activation(6, Curve.SILU),
                new Layer.LayerNorm(6, true),
                new Layer.LanguageHead(6, 11))),
        new ModelSpec(
            4,
            List.of(
                new Layer.Linear(3, 6, true),
                new Layer.Activation(6, Curve.GELU),
                residual(new Layer.CausalAttention(6, 3, true)),
                new Layer.Activation(6, Curve.GELU_TANH),
                new Layer.RegressionHead(6, 2))),
        llama(2, new Rotary.Unscaled(), false),
        llama(1, new Rotary.Linear(4), true),
        llama(4, new Rotary.Llama3(8, 1, 4, 5), true),
        new ModelSpec(
            1,
            List.of(
                new Layer.Conv2d(new Image(2, 7, 6), 3, 3, 1, 1, true),
                new Layer.Activation(126, Curve.RELU),
                new Layer.Pool(new Image(3, 7, 6), Layer.Pool.Kind.MAX, 2, 2),
                new Layer.Conv2d(new Image(3, 3, 3), 4, 2, 1, 0, false),
                new Layer.Pool(new Image(4, 2, 2), Layer.Pool.Kind.MEAN, 2, 1),
                new Layer.ClassifierHead(4, 3))));
  }

  /// Every option of the layers of the Llama family.
  public static ModelSpec llama(int kvHeads, Rotary.Scaling scaling, boolean bias) {
    return new ModelSpec(
        6,
        List.of(
            new Layer.Embedding(13, 0, 10),
            new Layer.Residual(
                List.of(
                    new Layer.RmsNorm(10, 1e-5f),
                    new Layer.GroupedAttention(
                        10, 4, kvHeads, 6, bias, !bias, Optional.of(new Rotary(100, scaling))))),
            new Layer.Residual(
                List.of(
                    new Layer.RmsNorm(10, 1e-6f),
                    new Layer.GatedFeedForward(10, 14, Curve.SILU, bias))),
            new Layer.Residual(
                List.of(
                    new Layer.GroupedAttention(10, 4, kvHeads, 3, !bias, bias, Optional.empty()))),
            new Layer.RmsNorm(10, 1e-5f),
            new Layer.LanguageHead(10, 13)));
  }

  private static Layer residual(Layer layer) {
    return new Layer.Residual(List.of(layer));
  }

  public static Bytes input(StageSpec stage, long seed) {
    int count = stage.inputBytes() / Float.BYTES;
    return stage.takesTokens()
        ? ids(count, ((Layer.Embedding) stage.model().layers().getFirst()).vocabulary(), seed)
        : numbers(count, seed);
  }

  public static Bytes labels(StageSpec stage, long seed) {
    int count = stage.labelBytes() / Float.BYTES;
    Layer.Head head = stage.model().head();
    return head.labelsAreIds()
        ? someLabels(LittleEndian.ints(ids(count, head.outWidth(), ~seed)))
        : numbers(count, ~seed);
  }

  private static Bytes someLabels(int[] labels) {
    for (int i = 3; i < labels.length; i += 4) {
      labels[i] = Layer.Head.UNLABELLED;
    }
    return LittleEndian.ofInts(labels);
  }

  public static Bytes ids(int count, int bound, long seed) {
    Philox draws = Philox.of(seed, "test-ids");
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (int) draws.below(bound, 0, i);
    }
    return LittleEndian.ofInts(ids);
  }

  public static Bytes numbers(int count, long seed) {
    return LittleEndian.ofFloats(Philox.of(seed, "test-numbers").normals(0, count, 1));
  }

  /// Weights in which nothing is zero or one, so that every gradient matters.
  public static void scramble(Floats weights, long seed) {
    weights.put(
        0, Philox.of(seed, "test-weights").normals(0, weights.count(), 0.3), weights.count());
  }

  /// `‖a − b‖ / ‖b‖`.
  public static double distance(float[] a, float[] b) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < b.length; i++) {
      difference += Math.pow((double) a[i] - b[i], 2);
      size += Math.pow(b[i], 2);
    }
    return a.length != b.length ? Double.NaN : Math.sqrt(difference / Math.max(size, 1e-30));
  }
}
