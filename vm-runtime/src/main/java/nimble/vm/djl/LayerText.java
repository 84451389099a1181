package nimble.vm.djl;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;
import nimble.vm.Curve;
import nimble.vm.Layer;

/// Writes layers as statements of TorchScript, one value after the other.
///
/// Values are named v0, v1, … and weights `p[0]`, `p[1]`, … in the order of the layout.
final class LayerText {
  private final StringBuilder text = new StringBuilder();
  private final boolean decoding;
  private int values;
  private int weights;
  private int memories;

  /// @param decoding with the keys and values of `past` earlier positions in `k` and `v`
  LayerText(boolean decoding) {
    this.decoding = decoding;
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
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = "p[%d]".formatted(weights - count + i);
    }
    return names;
  }

  /// The name of the layer's output; a head gives its linear map.
  String layer(Layer layer, String x) {
    return switch (layer) {
      case Layer.Embedding(int _, int positions, int _) -> embedding(positions, x);
      case Layer.LayerNorm(int width, boolean bias) -> {
        String scale = weight();
        yield let("torch.layer_norm(%s, [%d], %s, %s)", x, width, scale, weight(bias));
      }
      case Layer.Linear linear -> linear(linear.bias(), x);
      case Layer.Activation(int _, Curve curve) -> curve(curve, x);
      case Layer.CausalAttention attention -> {
        String heads = heads(linear(attention.bias(), x), attention);
        yield linear(attention.bias(), heads);
      }
      case Layer.FeedForward(int _, int _, Curve curve, boolean bias) ->
          linear(bias, curve(curve, linear(bias, x)));
      case Layer.RmsNorm _,
          Layer.GroupedAttention _,
          Layer.GatedFeedForward _,
          Layer.Conv2d _,
          Layer.Pool _ ->
          throw new UnsupportedOperationException("%s has no arithmetic yet".formatted(layer));
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
    String vectors = let("torch.embedding(%s, %s)", weight(), x);
    if (positions == 0) {
      return vectors;
    }
    String places =
        decoding ? let("torch.narrow(%s, 0, past, torch.size(x, 1))", weight()) : weight();
    return let("torch.add(%s, %s)", vectors, places);
  }

  private String linear(boolean bias, String x) {
    String matrix = weight();
    return let("torch.linear(%s, %s, %s)", x, matrix, weight(bias));
  }

  private String curve(Curve curve, String x) {
    return switch (curve) {
      case GELU -> let("torch.gelu(%s)", x);
      case GELU_TANH -> let("torch.gelu(%s, approximate=\"tanh\")", x);
      case RELU -> let("torch.relu(%s)", x);
      case SILU -> let("torch.silu(%s)", x);
    };
  }

  /// Attention between the projections.
  String heads(String projected, Layer.CausalAttention attention) {
    String parts =
        let(
            "torch.permute(torch.view(%s, [torch.size(%s, 0), -1, 3, %d, %d]), [2, 0, 3, 1, 4])",
            projected, projected, attention.heads(), attention.headWidth());
    String queries = let("torch.select(%s, 0, 0)", parts);
    String keys = let("torch.select(%s, 0, 1)", parts);
    String values = let("torch.select(%s, 0, 2)", parts);
    String mixed = decoding ? remembering(queries, keys, values) : causal(queries, keys, values);
    return let(
        "torch.reshape(torch.transpose(%s, 1, 2), [torch.size(%s, 0), -1, %d])",
        mixed, projected, attention.width());
  }

  private String causal(String queries, String keys, String values) {
    return let(
        "torch.scaled_dot_product_attention(%s, %s, %s, None, 0., True)", queries, keys, values);
  }

  /// `seen` masks what lies behind each of the new positions.
  private String remembering(String queries, String keys, String values) {
    int memory = memories++;
    let("torch.copy_(torch.narrow(k[%d], 2, past, torch.size(x, 1)), %s)", memory, keys);
    let("torch.copy_(torch.narrow(v[%d], 2, past, torch.size(x, 1)), %s)", memory, values);
    return let(
        "torch.scaled_dot_product_attention(%s, torch.narrow(k[%d], 2, 0, total),"
            + " torch.narrow(v[%d], 2, 0, total), seen, 0., False)",
        queries, memory, memory);
  }

  /// The next of the layout.
  String weight() {
    return "p[%d]".formatted(weights++);
  }

  String weight(boolean present) {
    return present ? weight() : "None";
  }
}
