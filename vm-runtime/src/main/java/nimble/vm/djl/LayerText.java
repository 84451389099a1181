package nimble.vm.djl;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;
import java.util.Optional;
import nimble.vm.Curve;
import nimble.vm.Image;
import nimble.vm.Layer;
import nimble.vm.Lora;
import nimble.vm.Precision;
import nimble.vm.StageSpec;

/// Writes layers as statements of TorchScript, one value after the other.
///
/// Values are named v0, v1, … and weights `p[0]`, `p[1]`, … in the order of the layout.
final class LayerText {
  /// ScalarType::Float and ScalarType::BFloat16.
  private static final int FLOAT = 6;

  private static final int BFLOAT16 = 15;

  /// What the layers are given.
  enum Form {
    /// Rows from their beginning.
    WHOLE,
    /// New positions of one row behind its `past` earlier ones, whose keys and values are in `k`
    /// and `v`.
    ROW,
    /// One new position of each row behind `pasts` earlier ones, at `places`; `k` and `v` hold
    /// `memories` a row.
    ROWS
  }

  private final StringBuilder text = new StringBuilder();
  private final AttentionText attention;
  private final Form form;
  private final boolean narrow;
  private final Weights weights;
  private int values;

  LayerText(StageSpec spec, Form form) {
    this(spec, form, new Weights(spec, Tables.of(spec).size()));
  }

  /// Goes on where other layers left the weights.
  LayerText(StageSpec spec, Form form, Weights weights) {
    this.form = form;
    this.weights = weights;
    narrow = spec.model().precision() == Precision.BF16;
    attention = new AttentionText(this, Tables.of(spec), form);
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /// Names the value of an expression.
  @FormatMethod
  String let(String format, Object... args) {
    String name = name();
    String expression = String.format(Locale.ROOT, format, args);
    text.append(name).append(" = ").append(expression).append('\n');
    return name;
  }

  /// A name that nothing has yet.
  String name() {
    return "v" + values++;
  }

  /// A statement.
  @FormatMethod
  void line(String format, Object... args) {
    text.append(String.format(Locale.ROOT, format, args)).append('\n');
  }

  /// The last `count` weights that a layer took.
  String[] used(int count) {
    return weights.trained(weights.trained() - count).toArray(String[]::new);
  }

  AttentionText attention() {
    return attention;
  }

  /// The name of the layer's output; a head gives its linear map.
  String layer(Layer layer, String x) {
    return switch (layer) {
      case Layer.Embedding(int _, int positions, int _) -> embedding(positions, x);
      case Layer.LayerNorm(int width, boolean bias) -> {
        String scale = weight();
        yield let("torch.layer_norm(%s, [%d], %s, %s)", x, width, scale, weight(bias));
      }
      case Layer.RmsNorm(int _, float epsilon) -> rmsNorm(x, inverse(x, epsilon));
      case Layer.Linear linear -> linear(linear.bias(), x);
      case Layer.Activation(int _, Curve curve) -> curve(curve, x);
      case Layer.CausalAttention plain -> {
        String heads = attention.packed(linear(plain.bias(), x), plain);
        yield linear(plain.bias(), heads);
      }
      case Layer.GroupedAttention grouped -> {
        String queries = attention.split(linear(grouped.bias(), x), grouped.headWidth());
        String keys = attention.split(linear(grouped.bias(), x), grouped.headWidth());
        String values = linear(grouped.bias(), x);
        String heads =
            attention.grouped(
                attention.turned(queries, grouped),
                attention.turned(keys, grouped),
                values,
                grouped);
        yield linear(grouped.outBias(), heads);
      }
      case Layer.FeedForward(int _, int _, Curve curve, boolean bias) ->
          linear(bias, curve(curve, linear(bias, x)));
      case Layer.GatedFeedForward(int _, int _, Curve curve, boolean bias) -> {
        String gate = curve(curve, linear(bias, x));
        yield linear(bias, let("torch.mul(%s, %s)", gate, linear(bias, x)));
      }
      case Layer.Conv2d conv -> convolution(conv, x);
      case Layer.Pool pool -> pool(pool, x);
      case Layer.Residual(var body) -> {
        String y = x;
        for (Layer inner : body) {
          y = layer(inner, y);
        }
        yield let("torch.add(%s, %s)", x, y);
      }
      case Layer.Head head -> linear(head.linear().bias(), x);
    };
  }

  private String embedding(int positions, String x) {
    String vectors = weights.rows(this, x);
    if (positions == 0) {
      return vectors;
    }
    String table = weight();
    String places =
        switch (form) {
          case WHOLE -> table;
          case ROW -> let("torch.narrow(%s, 0, past, torch.size(x, 1))", table);
          case ROWS -> let("torch.unsqueeze(torch.embedding(%s, places), 1)", table);
        };
    return let("torch.add(%s, %s)", vectors, places);
  }

  /// `1 / √(mean(x²) + ε)` of each vector.
  String inverse(String x, float epsilon) {
    String mean = let("torch.mean(torch.mul(%s, %s), [-1], True)", x, x);
    String number = Double.toString(epsilon).toLowerCase(Locale.ROOT);
    return let("torch.rsqrt(torch.add(%s, %s))", mean, number);
  }

  String rmsNorm(String x, String inverse) {
    return let("torch.mul(torch.mul(%s, %s), %s)", x, inverse, weight());
  }

  /// With its adapter, where it has one.
  private String linear(boolean bias, String x) {
    String matrix = weight();
    String y = product(x, matrix, weight(bias));
    Optional<Lora> adapter = weights.adapter();
    if (adapter.isEmpty()) {
      return y;
    }
    String low = product(x, weight(), "None");
    String scale = Double.toString(adapter.get().scale()).toLowerCase(Locale.ROOT);
    String more = product(let("torch.mul(%s, %s)", low, scale), weight(), "None");
    return let("torch.add(%s, %s)", y, more);
  }

  private String product(String x, String matrix, String bias) {
    if (!narrow) {
      return let("torch.linear(%s, %s, %s)", x, matrix, bias);
    }
    String shift = bias.equals("None") ? bias : narrowed(bias);
    return let(
        "torch.to(torch.linear(%s, %s, %s), %d)", narrowed(x), narrowed(matrix), shift, FLOAT);
  }

  private static String narrowed(String x) {
    return "torch.to(%s, %d)".formatted(x, BFLOAT16);
  }

  private String curve(Curve curve, String x) {
    return switch (curve) {
      case GELU -> let("torch.gelu(%s)", x);
      case GELU_TANH -> let("torch.gelu(%s, approximate=\"tanh\")", x);
      case RELU -> let("torch.relu(%s)", x);
      case SILU -> let("torch.silu(%s)", x);
    };
  }

  private String convolution(Layer.Conv2d conv, String x) {
    String matrix = weight();
    String y =
        let(
            "torch.conv2d(%s, %s, %s, [%d, %d], [%d, %d])",
            image(conv.image(), x),
            matrix,
            weight(conv.bias()),
            conv.stride(),
            conv.stride(),
            conv.padding(),
            conv.padding());
    return flat(conv, x, y);
  }

  private String pool(Layer.Pool pool, String x) {
    String kernel =
        switch (pool.kind()) {
          case MAX -> "max_pool2d";
          case MEAN -> "avg_pool2d";
        };
    String y =
        let(
            "torch.%s(%s, [%d, %d], [%d, %d])",
            kernel,
            image(pool.image(), x),
            pool.kernel(),
            pool.kernel(),
            pool.stride(),
            pool.stride());
    return flat(pool, x, y);
  }

  private String image(Image image, String x) {
    return let(
        "torch.reshape(%s, [-1, %d, %d, %d])", x, image.channels(), image.height(), image.width());
  }

  private String flat(Layer layer, String x, String y) {
    return let("torch.reshape(%s, [torch.size(%s, 0), -1, %d])", y, x, layer.outWidth());
  }

  /// The next of the layout.
  String weight() {
    return weights.next(this);
  }

  String weight(boolean present) {
    return present ? weight() : "None";
  }
}
