package nimble.vm.reference;

import java.util.List;
import nimble.vm.Layer;

/// Queries, keys and values by a projection each, turned by their place, then attention.
final class GroupedAttentionOp implements Op {
  private static final int PARTS = 3;

  private final List<Op> parts;
  private final int[] widths;
  private final AttentionOp attention;
  private final Op out;
  private final Tally tally;
  private final Recorder recorder;

  GroupedAttentionOp(Layer.GroupedAttention grouped, int context, Binding binding) {
    int mixed = grouped.mixedWidth();
    int shared = grouped.sharedWidth();
    tally = binding.tally();
    recorder = binding.recorder();
    widths = new int[] {mixed, shared, shared};
    Op queries = turned(grouped, context, binding.bind(grouped.queries()), mixed);
    Op keys = turned(grouped, context, binding.bind(grouped.shared()), shared);
    parts = List.of(queries, keys, binding.bind(grouped.shared()));
    attention =
        new AttentionOp(grouped.heads(), grouped.kvHeads(), grouped.headWidth(), tally, recorder);
    out = binding.bind(grouped.out());
  }

  private Op turned(Layer.GroupedAttention grouped, int context, Op projection, int width) {
    if (grouped.rotary().isEmpty()) {
      return projection;
    }
    Op rotary =
        new RotaryOp(grouped.rotary().get(), context, width, grouped.headWidth(), tally, recorder);
    return (x, frame, tape) -> rotary.forward(projection.forward(x, frame, tape), frame, tape);
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    List<Pulls> ways = List.of(new Pulls(), new Pulls(), new Pulls());
    float[] packed = new float[frame.positions() * attention.packedWidth()];
    int column = 0;
    for (int part = 0; part < PARTS; part++) {
      float[] y = parts.get(part).forward(x, frame, ways.get(part));
      copy(y, packed, column, widths[part], true);
      column += widths[part];
    }
    tape.push(gradient -> pull(gradient, ways));
    return out.forward(attention.forward(packed, frame, tape), frame, tape);
  }

  private float[] pull(float[] gradient, List<Pulls> ways) {
    float[][] gradients = new float[PARTS][];
    int column = 0;
    for (int part = 0; part < PARTS; part++) {
      int positions = gradient.length / attention.packedWidth();
      gradients[part] = new float[positions * widths[part]];
      copy(gradients[part], gradient, column, widths[part], false);
      recorder.keep(gradients[part]);
      column += widths[part];
    }
    float[] sum = ways.getLast().pull(gradients[PARTS - 1]);
    for (int part = PARTS - 2; part >= 0; part--) {
      float[] more = ways.get(part).pull(gradients[part]);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += more[i];
      }
      tally.elements(sum.length, 1);
    }
    recorder.keep(sum);
    return sum;
  }

  private void copy(float[] part, float[] packed, int column, int width, boolean in) {
    int all = attention.packedWidth();
    for (int n = 0; n < part.length / width; n++) {
      if (in) {
        System.arraycopy(part, n * width, packed, n * all + column, width);
      } else {
        System.arraycopy(packed, n * all + column, part, n * width, width);
      }
    }
  }
}
