package nimble.vm.djl;

import java.util.List;
import nimble.vm.Dropout;
import nimble.vm.Layer;
import nimble.vm.Layer.Head;
import nimble.vm.StageSpec;

/// The whole code of a stage program (D1).
///
/// Where the program has [Tables], every method takes them last, as `c`.
///
/// - `forward(x, p)`: the stage's output;
/// - `dropped(x, m, p)`: the same, multiplied at the sites of [Dropout] by the factors in m;
/// - `pull(y, dy, x, p, g)`: adds weight gradients to g, gives x's gradient;
/// - on the last stage `loss(x, labels, p)`, and `train(x, labels, scale, m, p, g)`, which does all
///   at once, m only where there are such sites;
/// - `decode(x, place, p, k, v)`: new positions behind those in k and v;
/// - `together(x, places, p, k, v)`: one new position for each of several rows, whose keys and
///   values stand in k and v row by row;
/// - `copy(to, from)`: between the CPU and a device ([Mirror]).
final class StageText {
  static final String OPENING =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  private final StageSpec spec;
  private final Products products;
  private final Tables tables;
  private final boolean drops;

  private StageText(StageSpec spec, Products products) {
    this.spec = spec;
    this.products = products;
    tables = Tables.of(spec);
    drops = Dropout.of(spec).sites() > 0;
  }

  static String of(StageSpec spec, Products products) {
    var text = new StageText(spec, products);
    return OPENING
        + text.forward()
        + text.decode()
        + text.together()
        + (spec.last() ? text.loss() : "")
        + text.training()
        + Mirror.TEXT;
  }

  private String training() {
    if (isStreamed(spec)) {
      return StreamedText.of(spec, products, spec.last() ? lossOf() : "");
    }
    return (drops ? dropped() : "") + (spec.last() ? train() : pull());
  }

  /// Whether the program has [StreamedText]'s methods.
  static boolean isStreamed(StageSpec spec) {
    return spec.model().lora().filter(lora -> lora.base().decodes()).isPresent();
  }

  private String forward() {
    LayerText body = new LayerText(spec, products, LayerText.Form.WHOLE);
    String arguments = "x: Tensor, p: List[Tensor]" + tables.declaration();
    return method("forward", arguments, "Tensor", whole(body));
  }

  private String dropped() {
    Weights weights = new Weights(spec, tables.size());
    LayerText body = new LayerText(spec, products, LayerText.Form.WHOLE, weights, 0);
    String arguments = "x: Tensor, m: List[Tensor], p: List[Tensor]" + tables.declaration();
    return method("dropped", arguments, "Tensor", whole(body));
  }

  private String whole(LayerText body) {
    String y = "x";
    for (Layer layer : spec.layers()) {
      y = body.layer(layer, y);
    }
    return body + "return " + y;
  }

  /// The head sees the last position only.
  private String decode() {
    String opening =
        """
        past = int(place)
        total = torch.add(past, torch.size(x, 1))
        all = torch.ones([torch.size(x, 1), total], dtype=11, layout=None, device=ops.prim.device(x))
        seen = torch.tril(all, past)
        """;
    return method(
        "decode",
        "x: Tensor, place: Tensor, p: List[Tensor], k: List[Tensor], v: List[Tensor]"
            + tables.declaration(),
        "Tensor",
        opening + growing(new LayerText(spec, products, LayerText.Form.ROW)));
  }

  private String together() {
    String opening =
        """
        pasts = annotate(List[int], [])
        for i in range(torch.size(x, 0)):
          _0 = torch.append(pasts, int(torch.select(places, 0, i)))
        memories = torch.floordiv(torch.len(k), torch.size(x, 0))
        """;
    return method(
        "together",
        "x: Tensor, places: Tensor, p: List[Tensor], k: List[Tensor], v: List[Tensor]"
            + tables.declaration(),
        "Tensor",
        opening + growing(new LayerText(spec, products, LayerText.Form.ROWS)));
  }

  private String growing(LayerText body) {
    String y = "x";
    for (Layer layer : spec.layers()) {
      if (layer instanceof Layer.Head) {
        y = body.let("torch.select(%s, 1, -1)", y);
      }
      y = body.layer(layer, y);
    }
    return body + "return " + y;
  }

  /// Of `y`.
  private String lossOf() {
    return spec.model().head().labelsAreIds()
        ? "torch.cross_entropy_loss(torch.flatten(y, 0, 1),"
            + " torch.to(torch.flatten(labels), 4), None, 1, %d)".formatted(Head.UNLABELLED)
        : "torch.mse_loss(y, labels)";
  }

  private String loss() {
    return method(
        "loss",
        "x: Tensor, labels: Tensor, p: List[Tensor]" + tables.declaration(),
        "Tensor",
        "y = self.forward(x, p%s)\nreturn %s".formatted(tables.argument(), lossOf()));
  }

  private String train() {
    return method(
        "train",
        "x: Tensor, labels: Tensor, scale: Tensor, %sp: List[Tensor], g: List[Tensor]"
                .formatted(drops ? "m: List[Tensor], " : "")
            + tables.declaration(),
        "List[Tensor]",
        """
        y = self.%s, p%s)
        l = %s
        %s\
        grads = torch.grad([torch.mul(l, scale)], inputs)
        %s\
        return [torch.detach(l), %s]
        """
            .formatted(
                drops ? "dropped(x, m" : "forward(x",
                tables.argument(),
                lossOf(),
                inputs(),
                addition(),
                inputGradient()));
  }

  private String pull() {
    return method(
        "pull",
        "y: Tensor, dy: Tensor, x: Tensor, p: List[Tensor], g: List[Tensor]" + tables.declaration(),
        "Tensor",
        """
        %s\
        grads = torch.grad([y], inputs, annotate(List[Optional[Tensor]], [dy]))
        %s\
        return %s
        """
            .formatted(inputs(), addition(), inputGradient()));
  }

  /// What is differentiated by: the stage's own input, unless it is ids, then the weights.
  private String inputs() {
    return """
    inputs = annotate(List[Tensor], [%s])
    for i in range(torch.len(p)):
      _0 = torch.append(inputs, p[i])
    """
        .formatted(spec.takesTokens() ? "" : "x");
  }

  private String addition() {
    return """
    for j in range(torch.len(p)):
      _1 = torch.add_(g[j], unchecked_cast(Tensor, grads[torch.add(j, %d)]))
    """
        .formatted(spec.takesTokens() ? 0 : 1);
  }

  private String inputGradient() {
    return spec.takesTokens() ? "x" : "unchecked_cast(Tensor, grads[0])";
  }

  static String method(String name, String arguments, String result, String body) {
    String head = "def %s(self: __torch__.M, %s) -> %s:\n".formatted(name, arguments, result);
    List<String> lines = body.lines().map(line -> "    " + line + "\n").toList();
    return "  " + head + String.join("", lines);
  }
}
