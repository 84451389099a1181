package nimble.vm.reference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import nimble.vm.Layer;
import nimble.vm.Layout;
import nimble.vm.Lora;
import nimble.vm.Precision;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.FrozenTensor;
import nimble.vm.tensor.ParameterTensor;

/// Binds layers to weights; both come in the same order.
final class Binding {
  private final Deque<ParameterTensor> tensors;
  private final Iterator<FrozenTensor> frozen;
  private final Optional<Lora> lora;
  private final int context;
  private final Precision precision;
  private final boolean drops;
  private int nextSite;
  private final Floats weights;
  private final Floats gradient;
  private final Tally tally;
  private final Recorder recorder;
  private final Sums sums;
  private final List<Integer> attentionWidths = new ArrayList<>();

  Binding(
      StageSpec spec,
      Floats weights,
      Floats gradient,
      StageBase base,
      Tally tally,
      Recorder recorder,
      Sums sums) {
    this.sums = sums;
    tensors = new ArrayDeque<>(Layout.walk(spec));
    frozen = base.tensors().iterator();
    lora = spec.model().lora();
    context = spec.model().context();
    precision = spec.model().precision();
    drops = spec.model().dropout() > 0;
    this.weights = weights;
    this.gradient = gradient;
    this.tally = tally;
    this.recorder = recorder;
  }

  Weight next() {
    ParameterTensor tensor = tensors.removeFirst();
    Optional<FrozenTensor> kept = tensor.frozen() ? Optional.of(frozen.next()) : Optional.empty();
    return new Weight(tensor, kept, weights, gradient, recorder);
  }

  Sums sums() {
    return sums;
  }

  Precision precision() {
    return precision;
  }

  Tally tally() {
    return tally;
  }

  Recorder recorder() {
    return recorder;
  }

  /// Of queries, keys and values of the attention layers bound so far.
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
      case Layer.Embedding embedding -> sequence(new EmbeddingOp(embedding, this), dropped(drops));
      case Layer.LayerNorm norm -> new LayerNormOp(norm, this);
      case Layer.Linear linear -> linear(linear);
      case Layer.Activation(int _, var curve) ->
          sequence(new CurveOp(curve, tally, recorder), dropped(drops));
      case Layer.CausalAttention attention -> {
        int width = attention.width();
        attentionWidths.add(3 * width);
        Op projection = bind(new Layer.Linear(width, 3 * width, attention.bias()));
        Op out = bind(new Layer.Linear(width, width, attention.bias()));
        yield sequence(sequence(projection, attended(attention)), out);
      }
      case Layer.FeedForward(int width, int hidden, var curve, boolean bias) ->
          sequence(
              sequence(
                  bind(new Layer.Linear(width, hidden, bias)), new CurveOp(curve, tally, recorder)),
              bind(new Layer.Linear(hidden, width, bias)));
      case Layer.RmsNorm norm -> new RmsNormOp(norm, this);
      case Layer.GroupedAttention grouped -> {
        attentionWidths.add(grouped.mixedWidth() + 2 * grouped.sharedWidth());
        yield new GroupedAttentionOp(grouped, context, this);
      }
      case Layer.GatedFeedForward gated -> {
        Op product = new GatedOp(gated, this);
        yield sequence(product, bind(gated.down()));
      }
      case Layer.Conv2d conv -> new ConvolutionOp(conv, this);
      case Layer.Pool pool -> new PoolOp(pool, tally, recorder);
      case Layer.Residual(var body) ->
          new ResidualOp(sequence(bind(body), dropped(drops)), tally, recorder);
      case Layer.Head head -> bind(head.linear());
    };
  }

  /// With its adapter, where it has one.
  private Op linear(Layer.Linear linear) {
    Op plain = new LinearOp(linear, this);
    if (tensors.isEmpty() || !tensors.getFirst().isAdapter()) {
      return plain;
    }
    Lora adapters = lora.orElseThrow();
    Op dropped = dropped(adapters.dropout() > 0);
    Op down = new LinearOp(new Layer.Linear(linear.in(), adapters.rank(), false), this);
    Op up = new LinearOp(new Layer.Linear(adapters.rank(), linear.out(), false), this);
    return new LoraOp(plain, dropped, down, adapters.scale(), up, tally, recorder);
  }

  /// The next site of dropout, where there is one.
  private Op dropped(boolean here) {
    return here ? new DropoutOp(nextSite++, recorder) : (x, _, _) -> x;
  }

  private Op attended(Layer.CausalAttention plain) {
    Op attention =
        new AttentionOp(plain.heads(), plain.heads(), plain.headWidth(), tally, recorder);
    return (x, frame, tape) -> {
      tape.push(gradient -> {
        recorder.keep(gradient);
        return gradient;
      });
      return attention.forward(x, frame, tape);
    };
  }

  private static Op sequence(Op first, Op second) {
    return (x, frame, tape) -> second.forward(first.forward(x, frame, tape), frame, tape);
  }
}
