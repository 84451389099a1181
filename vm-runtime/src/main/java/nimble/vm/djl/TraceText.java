package nimble.vm.djl;

import java.util.List;
import nimble.vm.Dropout;
import nimble.vm.Layer;
import nimble.vm.StageSpec;
import nimble.vm.trace.TraceForm;

/// The text of a program that gives every operator's output (D6): the stage's own statements, with
/// notes of what lies between them, and one call for all gradients.
final class TraceText {
  private final TraceForm form;
  private final StageSpec spec;
  private final Marks marks = new Marks(true);
  private final boolean drops;
  private final LayerText body;

  private TraceText(TraceForm form, Products products) {
    this.form = form;
    spec = form.spec();
    drops = form.trains() && Dropout.of(spec).sites() > 0;
    body = new LayerText(spec, products, marks, drops ? 0 : LayerText.NOTHING_DROPPED);
  }

  static String of(TraceForm form, Products products) {
    return new TraceText(form, products).text();
  }

  private String text() {
    String y = "x";
    for (Layer layer : spec.layers()) {
      y = body.layer(layer, y);
    }
    String end = spec.last() ? loss(y) : y;
    return StageText.OPENING
        + Mirror.TEXT
        + StageText.method(
            "trace",
            "x: Tensor, other: Tensor, scale: Tensor, %sp: List[Tensor]"
                    .formatted(drops ? "m: List[Tensor], " : "")
                + Tables.of(spec).declaration(),
            "List[Tensor]",
            body
                + "all = annotate(List[Tensor], [])\n"
                + String.join("", marks.values().stream().map(TraceText::append).toList())
                + (form.trains() ? gradients(end) : "")
                + "return all");
  }

  private static String append(String value) {
    return "_0 = torch.append(all, torch.contiguous(torch.detach(%s)))\n".formatted(value);
  }

  private String gradients(String end) {
    String seed = spec.last() ? "[torch.mul(%s, scale)]".formatted(end) : "[y]";
    String given = spec.last() ? "" : ", annotate(List[Optional[Tensor]], [other])";
    String ends = spec.last() ? "" : "y = " + end + "\n";
    return ends
        + """
        inputs = annotate(List[Tensor], [%s])
        grads = torch.grad(%s, inputs%s)
        for i in range(torch.len(inputs)):
          _1 = torch.append(all, torch.contiguous(unchecked_cast(Tensor, grads[i])))
        """
            .formatted(String.join(", ", marks.targets()), seed, given);
  }

  private String loss(String y) {
    if (!spec.model().head().labelsAreIds()) {
      return body.noted(body.let("torch.mse_loss(%s, other)", y), List.of(y));
    }
    String shares = body.let("torch.log_softmax(torch.flatten(%s, 0, 1), 1)", y);
    marks.value(shares);
    String loss =
        body.let(
            "torch.nll_loss_nd(%s, torch.to(torch.flatten(other), 4), None, 1, %d)",
            shares, Layer.Head.UNLABELLED);
    return body.noted(loss, List.of(y));
  }
}
