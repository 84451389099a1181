package nimble.vm.djl;

import com.google.errorprone.annotations.FormatMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nimble.vm.Curve;
import nimble.vm.Image;
import nimble.vm.Layer;
import nimble.vm.Lora;
import nimble.vm.Precision;
import nimble.vm.StageSpec;

/// Writes layers as statements of TorchScript, one value after the other.
///
/// Values are named v0, v1, … and weights `p[0]`, `p[1]`, … in the order of the layout; `m[0]`,
/// `m[1]`, … are the factors of dropout.
final class LayerText {
  /// ScalarType::Float and ScalarType::BFloat16.
  private static final int FLOAT = 6;

  private static final int BFLOAT16 = 15;

  /// Where a pass does not train.
  static final int NOTHING_DROPPED = -1;

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

  /// What several products take is brought into their form once, and kept once for their gradients.
  private final Map<String, String> operands = new HashMap<>();

  private final AttentionText attention;
  private final StageSpec spec;
  private final Products products;
  private final int positions;
  private final Form form;
  private final boolean narrow;
  private final boolean drops;
  private final Weights weights;
  private final Marks marks;
  private int values;
  private int site;

  LayerText(StageSpec spec, Products products, Form form) {
    this(spec, products, form, new Weights(spec, Tables.of(spec).size()), NOTHING_DROPPED);
  }

  /// Goes on where other layers left the weights.
  ///
  /// @param site of dropout that comes next
  LayerText(StageSpec spec, Products products, Form form, Weights weights, int site) {
    this(spec, products, form, weights, site, new Marks(false));
  }

  /// Of rows from their beginning, with notes of what lies between.
  ///
  /// @param site of dropout that comes next
  LayerText(StageSpec spec, Products products, Marks marks, int site) {
    this(spec, products, Form.WHOLE, new Weights(spec, Tables.of(spec).size()), site, marks);
  }

  private LayerText(
      StageSpec spec, Products products, Form form, Weights weights, int site, Marks marks) {
    this.spec = spec;
    this.products = products;
    this.positions = form == Form.WHOLE ? spec.positions() : 1;
    this.form = form;
    this.weights = weights;
    this.marks = marks;
    narrow = spec.model().precision() == Precision.BF16;
    drops = spec.model().dropout() > 0;
    this.site = site;
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

  /// What an operator gave, from these inputs and weights; without a name for an absent one.
  String noted(String y, List<String> inputs, String... weights) {
    marks.value(y);
    marks.operands(List.of(weights), inputs);
    return y;
  }

  /// What several operators take: their gradients are added up here.
  private String shared(String x) {
    marks.operands(List.of(), List.of(x));
    return x;
  }

  /// For one of the operators that share it: in a trace its gradient is one by itself.
  private String part(String shared) {
    return marks.kept() ? own(shared) : shared;
  }

  /// What is behind it adds up its gradients before they meet others.
  private String own(String x) {
    return form == Form.WHOLE ? let("torch.alias(%s)", x) : x;
  }

  /// The site of dropout that comes next.
  int site() {
    return site;
  }

  /// The name of the layer's output; a head gives its linear map.
  String layer(Layer layer, String x) {
    return switch (layer) {
      case Layer.Embedding(int _, int positions, int _) -> dropped(drops, embedding(positions, x));
      case Layer.LayerNorm(int width, boolean bias) -> norm(width, bias, x);
      case Layer.RmsNorm(int _, float epsilon) -> rmsNorm(x, epsilon);
      case Layer.Linear linear -> linear(linear.bias(), x);
      case Layer.Activation(int _, Curve curve) -> dropped(drops, curve(curve, x));
      case Layer.CausalAttention plain -> {
        String heads = attention.packed(linear(plain.bias(), x), plain);
        yield linear(plain.bias(), heads);
      }
      case Layer.GroupedAttention grouped -> grouped(grouped, shared(x));
      case Layer.FeedForward(int _, int _, Curve curve, boolean bias) ->
          linear(bias, curve(curve, linear(bias, x)));
      case Layer.GatedFeedForward(int _, int _, Curve curve, boolean bias) -> {
        String shared = shared(x);
        String gate = curve(curve, linear(bias, part(shared)));
        String up = linear(bias, part(shared));
        String product = let("torch.mul(%s, %s)", gate, up);
        yield linear(bias, noted(product, List.of(gate, up)));
      }
      case Layer.Conv2d conv -> convolution(conv, x);
      case Layer.Pool pool -> pool(pool, x);
      case Layer.Residual(var body) -> {
        String y = own(shared(x));
        for (Layer inner : body) {
          y = layer(inner, y);
        }
        yield noted(let("torch.add(%s, %s)", x, dropped(drops, y)), List.of());
      }
      case Layer.Head head -> linear(head.linear().bias(), x);
    };
  }

  private String embedding(int positions, String x) {
    int before = weights.trained();
    String vectors = weights.rows(this, x);
    String y = vectors;
    if (positions > 0) {
      String table = weight();
      String places =
          switch (form) {
            case WHOLE -> table;
            case ROW -> let("torch.narrow(%s, 0, past, torch.size(x, 1))", table);
            case ROWS -> let("torch.unsqueeze(torch.embedding(%s, places), 1)", table);
          };
      y = let("torch.add(%s, %s)", vectors, places);
    }
    List<String> trained = weights.trained(before);
    if (marks.kept() && trained.isEmpty()) {
      y = let("torch.requires_grad_(%s, True)", y);
    }
    return noted(y, List.of(), trained.toArray(String[]::new));
  }

  private String norm(int width, boolean bias, String x) {
    String scale = weight();
    String shift = weight(bias);
    if (!marks.kept()) {
      return let("torch.layer_norm(%s, [%d], %s, %s)", x, width, scale, shift);
    }
    String mean = name();
    String inverse = name();
    String y = name();
    line(
        "%s, %s, %s, = torch.native_layer_norm(%s, [%d], %s, %s, 1.0000000000000001e-05)",
        y, mean, inverse, x, width, scale, shift);
    marks.value(mean);
    marks.value(inverse);
    return noted(y, List.of(x), scale, shift);
  }

  /// `x / √(mean(x²) + ε)` of each vector.
  private String rmsNorm(String x, float epsilon) {
    String mean = let("torch.mean(torch.mul(%s, %s), [-1], True)", x, x);
    String inverse = let("torch.rsqrt(torch.add(%s, %s))", mean, number(epsilon));
    marks.value(inverse);
    String scale = weight();
    return noted(let("torch.mul(torch.mul(%s, %s), %s)", x, inverse, scale), List.of(x), scale);
  }

  private String grouped(Layer.GroupedAttention grouped, String x) {
    String queries = heads(grouped, x);
    String keys = heads(grouped, x);
    String values = attention.split(linear(grouped.bias(), part(x)), grouped.headWidth());
    return linear(grouped.outBias(), attention.grouped(queries, keys, values, grouped));
  }

  /// Heads in rows, turned.
  private String heads(Layer.GroupedAttention grouped, String x) {
    String projected = linear(grouped.bias(), part(x));
    return attention.turned(attention.split(projected, grouped.headWidth()), grouped);
  }

  /// With its adapter, where it has one.
  private String linear(boolean bias, String x) {
    Optional<Lora> adapter = weights.adapter(bias);
    if (adapter.isEmpty()) {
      return product(x, bias);
    }
    String shared = shared(own(x));
    String y = product(part(shared), bias);
    String low = product(dropped(adapter.get().dropout() > 0, part(shared)), false);
    String factor = number(adapter.get().scale());
    String scaled = noted(let("torch.mul(%s, %s)", low, factor), List.of(low));
    String more = product(scaled, false);
    return noted(let("torch.add(%s, %s)", y, more), List.of());
  }

  private static String number(float number) {
    return Double.toString(number).toLowerCase(Locale.ROOT);
  }

  /// Less what training leaves out.
  private String dropped(boolean here, String x) {
    return here && site != NOTHING_DROPPED
        ? noted(let("torch.mul(%s, m[%d])", x, site++), List.of(x))
        : x;
  }

  /// With the matrix that comes next, and the bias behind it.
  private String product(String x, boolean bias) {
    Product by = products.of(spec, form, (long) positions * weights.count());
    String matrix = weight();
    String shift = weight(bias);
    String y =
        narrow
            ? narrowed(product(by, narrowed(x), narrowed(matrix), bias ? narrowed(shift) : shift))
            : product(by, x, matrix, shift);
    return noted(let("%s", y), List.of(x), matrix, shift);
  }

  private String product(Product by, String x, String matrix, String bias) {
    return by.text(by.operand(x).map(given -> operand(x, given)).orElse(x), matrix, bias);
  }

  /// A rounded operand is not kept: its gradients are rounded before they are added up.
  private String operand(String x, String given) {
    return narrow ? given : operands.computeIfAbsent(x, _ -> let("%s", given));
  }

  /// Rounded, and as fp32 again: processors without units for bf16 multiply such numbers as fast as
  /// others, and the library's own products of bf16 ten times slower.
  private static String narrowed(String x) {
    return "torch.to(torch.to(%s, %d), %d)".formatted(x, BFLOAT16, FLOAT);
  }

  private String curve(Curve curve, String x) {
    String y =
        switch (curve) {
          case GELU -> let("torch.gelu(%s)", x);
          case GELU_TANH -> let("torch.gelu(%s, approximate=\"tanh\")", x);
          case RELU -> let("torch.relu(%s)", x);
          case SILU -> let("torch.silu(%s)", x);
        };
    return noted(y, List.of(x));
  }

  private String convolution(Layer.Conv2d conv, String x) {
    String matrix = weight();
    String shift = weight(conv.bias());
    String y =
        let(
            "torch.conv2d(%s, %s, %s, [%d, %d], [%d, %d])",
            image(conv.image(), x),
            matrix,
            shift,
            conv.stride(),
            conv.stride(),
            conv.padding(),
            conv.padding());
    return noted(flat(conv, x, y), List.of(x), matrix, shift);
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
    return noted(flat(pool, x, y), List.of(x));
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
