package nimble.vm.djl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import nimble.vm.Layer;
import nimble.vm.trace.TraceForm;

/// The text of a program that gives every operator's output (D6): the stage's own statements, with
/// names for what lies between them, and one call for all gradients.
final class TraceText {
  private final TraceForm form;
  private final LayerText body;
  private final List<String> outputs = new ArrayList<>();

  /// What gradients are taken by, in the order in which the way back meets them.
  private Deque<List<String>> back = new ArrayDeque<>();

  private TraceText(TraceForm form) {
    this.form = form;
    body = new LayerText(form.spec(), LayerText.Form.WHOLE);
  }

  static String of(TraceForm form) {
    return new TraceText(form).text();
  }

  private String text() {
    String y = "x";
    for (Layer layer : form.spec().layers()) {
      y = layer(layer, y);
    }
    String end = form.spec().last() ? loss(y) : y;
    List<String> targets = new ArrayList<>();
    back.forEach(targets::addAll);
    String gradients = form.trains() ? gradients(end, targets) : "";
    return StageText.OPENING
        + Mirror.TEXT
        + StageText.method(
            "trace",
            "x: Tensor, other: Tensor, scale: Tensor, p: List[Tensor]",
            "List[Tensor]",
            body
                + "all = annotate(List[Tensor], [])\n"
                + String.join("", outputs.stream().map(TraceText::append).toList())
                + gradients
                + "return all");
  }

  private static String append(String value) {
    return "_0 = torch.append(all, torch.contiguous(torch.detach(%s)))\n".formatted(value);
  }

  private String gradients(String end, List<String> targets) {
    String seed = form.spec().last() ? "[torch.mul(%s, scale)]".formatted(end) : "[y]";
    String given = form.spec().last() ? "" : ", annotate(List[Optional[Tensor]], [other])";
    String ends = form.spec().last() ? "" : "y = " + end + "\n";
    return ends
        + """
        inputs = annotate(List[Tensor], [%s])
        grads = torch.grad(%s, inputs%s)
        for i in range(torch.len(inputs)):
          _1 = torch.append(all, torch.contiguous(unchecked_cast(Tensor, grads[i])))
        """
            .formatted(String.join(", ", targets), seed, given);
  }

  /// Keeps the value; what the way back gives for `x` and the weights that it took.
  private String keep(String value, String x, String... used) {
    outputs.add(value);
    List<String> targets = new ArrayList<>(List.of(used));
    if (!form.spec().takesTokens() || !x.equals("x")) {
      targets.add(x);
    }
    back.push(targets);
    return value;
  }

  private String layer(Layer layer, String x) {
    return switch (layer) {
      case Layer.Embedding(int _, int positions, int _) ->
          keep(body.layer(layer, x), x, body.used(positions > 0 ? 2 : 1));
      case Layer.LayerNorm(int width, boolean bias) -> norm(width, bias, x);
      case Layer.Linear linear -> keep(body.layer(linear, x), x, body.used(linear.bias() ? 2 : 1));
      case Layer.Activation activation -> keep(body.layer(activation, x), x);
      case Layer.CausalAttention attention -> {
        String projected = layer(new Layer.Linear(1, 1, attention.bias()), x);
        String mixed = keep(body.attention().packed(projected, attention), projected);
        yield layer(new Layer.Linear(1, 1, attention.bias()), mixed);
      }
      case Layer.FeedForward(int _, int hidden, var curve, boolean bias) -> {
        String up = layer(new Layer.Linear(1, 1, bias), x);
        String bent = layer(new Layer.Activation(hidden, curve), up);
        yield layer(new Layer.Linear(1, 1, bias), bent);
      }
      case Layer.RmsNorm _,
          Layer.GroupedAttention _,
          Layer.GatedFeedForward _,
          Layer.Conv2d _,
          Layer.Pool _ ->
          throw new IllegalArgumentException("no form of " + layer);
      case Layer.Residual(var inner) -> residual(inner, x);
      case Layer.Head head -> layer(head.linear(), x);
    };
  }

  private String norm(int width, boolean bias, String x) {
    String scale = body.weight();
    String shift = body.weight(bias);
    String mean = body.name();
    String inverse = body.name();
    String y = body.name();
    body.line(
        "%s, %s, %s, = torch.native_layer_norm(%s, [%d], %s, %s, 1.0000000000000001e-05)",
        y, mean, inverse, x, width, scale, shift);
    outputs.add(mean);
    outputs.add(inverse);
    return bias ? keep(y, x, scale, shift) : keep(y, x, scale);
  }

  /// The body's own way to x, apart from the one past it.
  private String residual(List<Layer> inner, String x) {
    Deque<List<String>> outer = back;
    back = new ArrayDeque<>();
    String y = body.let("torch.alias(%s)", x);
    for (Layer layer : inner) {
      y = layer(layer, y);
    }
    List<String> way = new ArrayList<>();
    back.forEach(way::addAll);
    back = outer;
    String sum = body.let("torch.add(%s, %s)", x, y);
    outputs.add(sum);
    way.add(x);
    back.push(way);
    return sum;
  }

  private String loss(String y) {
    if (!form.spec().model().head().labelsAreIds()) {
      return keep(body.let("torch.mse_loss(%s, other)", y), y);
    }
    String shares = body.let("torch.log_softmax(torch.flatten(%s, 0, 1), 1)", y);
    outputs.add(shares);
    return keep(
        body.let(
            "torch.nll_loss_nd(%s, torch.to(torch.flatten(other), 4), None, 1, %d)",
            shares, Layer.Head.UNLABELLED),
        y);
  }
}
