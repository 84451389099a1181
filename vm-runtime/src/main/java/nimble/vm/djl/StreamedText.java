package nimble.vm.djl;

import java.util.ArrayList;
import java.util.List;
import nimble.vm.Dropout;
import nimble.vm.StageSpec;

/// The code of a stage whose base is decoded (L5): a method a layer; forward keeps what each layer
/// takes, and back goes layer by layer, each forward once more, with its decoded matrices there
/// only meanwhile.
///
/// - `f0(x, m, p, c)`, `f1`, …: the layers, m only where the stage drops anything;
/// - `down(x, m, p, c)`: every layer's output;
/// - `pull(dy, x, m, p, g, c)`: as [StageText]'s, given what each layer took;
/// - `train(x, labels, scale, m, p, g, c)`.
final class StreamedText {
  private final StageSpec spec;
  private final Products products;
  private final boolean drops;
  private final List<List<String>> trained = new ArrayList<>();

  private StreamedText(StageSpec spec, Products products) {
    this.spec = spec;
    this.products = products;
    drops = Dropout.of(spec).sites() > 0;
  }

  /// Beside [StageText]'s `forward`, `decode` and `loss`.
  ///
  /// @param lossOf writes the loss of `y` and `labels`
  static String of(StageSpec spec, Products products, String lossOf) {
    StreamedText text = new StreamedText(spec, products);
    return text.layers() + (spec.last() ? text.train(lossOf) : text.down() + text.pull());
  }

  private int end() {
    return spec.layers().size();
  }

  private String layers() {
    StringBuilder methods = new StringBuilder();
    Weights weights = new Weights(spec, Tables.of(spec).size());
    int site = 0;
    for (int i = 0; i < end(); i++) {
      int before = weights.trained();
      LayerText body = new LayerText(spec, products, LayerText.Form.WHOLE, weights, site);
      String y = body.layer(spec.layers().get(i), "x");
      methods.append(
          StageText.method(
              "f" + i,
              "x: Tensor, %sp: List[Tensor], c: List[Tensor]".formatted(declaration()),
              "Tensor",
              body + "return " + y));
      trained.add(weights.trained(before));
      site = body.site();
    }
    return methods.toString();
  }

  private String declaration() {
    return drops ? "m: List[Tensor], " : "";
  }

  private String call(int layer, String x) {
    return "self.f%d(%s, %sp, c)".formatted(layer, x, drops ? "m, " : "");
  }

  private String down() {
    StringBuilder body = new StringBuilder();
    List<String> outputs = new ArrayList<>();
    for (int i = 0; i < end(); i++) {
      String x = i == 0 ? "x" : outputs.getLast();
      outputs.add("y" + i);
      body.append("y%d = torch.detach(%s)\n".formatted(i, call(i, x)));
    }
    body.append("return [%s]".formatted(String.join(", ", outputs)));
    return StageText.method(
        "down",
        "x: Tensor, %sp: List[Tensor], c: List[Tensor]".formatted(declaration()),
        "List[Tensor]",
        body.toString());
  }

  private String pull() {
    String body = back(end() - 1, "dy", "x[%d]") + "return " + inputGradient("x[0]");
    return StageText.method(
        "pull",
        "dy: Tensor, x: List[Tensor], %sp: List[Tensor], g: List[Tensor], c: List[Tensor]"
            .formatted(declaration()),
        "Tensor",
        body);
  }

  private String train(String lossOf) {
    int head = end() - 1;
    StringBuilder body = new StringBuilder("t0 = x\n");
    for (int i = 0; i < head; i++) {
      body.append("t%d = torch.detach(%s)\n".formatted(i + 1, call(i, "t" + i)));
    }
    body.append(taken(head, "t%d"));
    body.append("y = %s\n".formatted(call(head, "x" + head)));
    body.append("l = %s\n".formatted(lossOf));
    body.append("d%d = torch.grad([torch.mul(l, scale)], [%s])\n".formatted(head, targets(head)));
    body.append(added(head));
    if (head > 0) {
      body.append(back(head - 1, "dx" + head, "t%d"));
    }
    body.append("return [torch.detach(l), %s]".formatted(inputGradient("x")));
    return StageText.method(
        "train",
        "x: Tensor, labels: Tensor, scale: Tensor, %sp: List[Tensor], g: List[Tensor], c: List[Tensor]"
            .formatted(declaration()),
        "List[Tensor]",
        body.toString());
  }

  /// From layer `last` to the first that anything is wanted of.
  ///
  /// @param given names what layer `%d` took
  private String back(int last, String gradient, String given) {
    StringBuilder body = new StringBuilder();
    String dy = gradient;
    for (int i = last; i >= 0 && !targets(i).isEmpty(); i--) {
      body.append(taken(i, given));
      body.append("z%d = %s\n".formatted(i, call(i, "x" + i)));
      body.append(
          "d%d = torch.grad([z%d], [%s], annotate(List[Optional[Tensor]], [%s]))\n"
              .formatted(i, i, targets(i), dy));
      body.append(added(i));
      dy = "dx" + i;
    }
    return body.toString();
  }

  private String taken(int layer, String given) {
    String x = "torch.detach(%s)".formatted(given.formatted(layer));
    return wantsInputGradient(layer)
        ? "x%d = torch.requires_grad_(%s, True)\n".formatted(layer, x)
        : "x%d = %s\n".formatted(layer, x);
  }

  /// What the layer is differentiated by: its input, then its trained weights.
  private String targets(int layer) {
    List<String> targets = new ArrayList<>();
    if (wantsInputGradient(layer)) {
      targets.add("x" + layer);
    }
    targets.addAll(trained.get(layer));
    return String.join(", ", targets);
  }

  private String added(int layer) {
    StringBuilder lines = new StringBuilder();
    int offset = wantsInputGradient(layer) ? 1 : 0;
    for (int i = 0; i < trained.get(layer).size(); i++) {
      String sum = trained.get(layer).get(i).replace('p', 'g');
      lines.append(
          "_%d_%d = torch.add_(%s, unchecked_cast(Tensor, d%d[%d]))\n"
              .formatted(layer, i, sum, layer, offset + i));
    }
    if (offset > 0) {
      lines.append("dx%d = unchecked_cast(Tensor, d%d[0])\n".formatted(layer, layer));
    }
    return lines.toString();
  }

  /// Before the first trained weight of a stage that takes ids nothing is wanted.
  private boolean wantsInputGradient(int layer) {
    return !spec.takesTokens() || trained.subList(0, layer).stream().anyMatch(it -> !it.isEmpty());
  }

  private String inputGradient(String otherwise) {
    return spec.takesTokens() ? otherwise : "dx0";
  }
}
