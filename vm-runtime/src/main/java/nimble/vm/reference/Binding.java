package nimble.vm.reference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import nimble.vm.Floats;
import nimble.vm.Layer;
import nimble.vm.Layout;
import nimble.vm.ParameterTensor;

/// Binds layers to weights; both come in the same order.
final class Binding {
  private final Iterator<ParameterTensor> tensors;
  private final Floats weights;
  private final Floats gradient;
  private final Tally tally;
  private final Recorder recorder;
  private final Sums sums;
  private final List<Integer> attentionWidths = new ArrayList<>();

  Binding(
      Layout layout, Floats weights, Floats gradient, Tally tally, Recorder recorder, Sums sums) {
    this.sums = sums;
    tensors = layout.tensors().iterator();
    this.weights = weights;
    this.gradient = gradient;
    this.tally = tally;
    this.recorder = recorder;
  }

  Weight next() {
    return new Weight(tensors.next(), weights, gradient, recorder);
  }

  Sums sums() {
    return sums;
  }

  Tally tally() {
    return tally;
  }

  Recorder recorder() {
    return recorder;
  }

  /// Of the attention layers bound so far.
  List<Integer> attentionWidths() {
    return attentionWidths;
  }

  Op bind(List<Layer> layers) {
    List<Op> ops = layers.stream().map(this::bind).toList();
    return (x, frame, tape) -> {
      float[] y = x;
      for (Op op : ops) {
        y = op.forward(y, frame, tape);
      }
      return y;
    };
  }

  Op bind(Layer layer) {
    return switch (layer) {
      case Layer.Embedding embedding -> new EmbeddingOp(embedding, this);
      case Layer.LayerNorm norm -> new LayerNormOp(norm, this);
      case Layer.Linear linear -> new LinearOp(linear, this);
      case Layer.Activation(int _, var curve) -> new CurveOp(curve, tally, recorder);
      case Layer.CausalAttention attention -> {
        attentionWidths.add(attention.width());
        int width = attention.width();
        Op projection = bind(new Layer.Linear(width, 3 * width, attention.bias()));
        Op out = bind(new Layer.Linear(width, width, attention.bias()));
        yield sequence(projection, new AttentionOp(attention, tally, recorder), out);
      }
      case Layer.FeedForward(int width, int hidden, var curve, boolean bias) ->
          sequence(
              bind(new Layer.Linear(width, hidden, bias)),
              new CurveOp(curve, tally, recorder),
              bind(new Layer.Linear(hidden, width, bias)));
      case Layer.RmsNorm _,
          Layer.GroupedAttention _,
          Layer.GatedFeedForward _,
          Layer.Conv2d _,
          Layer.Pool _ ->
          throw new UnsupportedOperationException("%s has no arithmetic yet".formatted(layer));
      case Layer.Residual(var body) -> new ResidualOp(bind(body), tally, recorder);
      case Layer.Head head -> bind(head.linear());
    };
  }

  private static Op sequence(Op first, Op second, Op third) {
    return (x, frame, tape) ->
        third.forward(second.forward(first.forward(x, frame, tape), frame, tape), frame, tape);
  }
}
