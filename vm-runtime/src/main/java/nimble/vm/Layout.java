package nimble.vm;

import java.util.ArrayList;
import java.util.List;
import nimble.vm.ParameterTensor.Initial;

/// Where each weight tensor of a stage lies in its flat buffers (M4).
///
/// A tensor's name is its layer's number in the model, for what lies in a residual `.` and its
/// number in the body, and one of these, in this order; all matrices are `[out, in]`:
///
/// | layer | tensors |
/// |---|---|
/// | Embedding | `token` [vocabulary, width], `position` [context, width] |
/// | LayerNorm | `scale`, `shift` |
/// | RmsNorm | `scale` |
/// | Linear, heads | `weight`, `bias` |
/// | CausalAttention | `qkv.weight` [3 width, width], `qkv.bias`, `out.weight`, `out.bias` |
/// | GroupedAttention | `q.weight`, `q.bias`, `k.…`, `v.…`, `out.weight`, `out.bias` |
/// | FeedForward | `up.weight`, `up.bias`, `down.weight`, `down.bias` |
/// | GatedFeedForward | `gate.weight`, `gate.bias`, `up.…`, `down.…` |
/// | Conv2d | `weight` [filters, channels, kernel, kernel], `bias` |
public record Layout(List<ParameterTensor> tensors) {
  /// GPT-2's deviation.
  private static final double DEVIATION = 0.02;

  public Layout {
    tensors = List.copyOf(tensors);
  }

  public static Layout of(StageSpec stage) {
    var declared = new Declarations(stage.model());
    for (int i = 0; i < stage.endLayer(); i++) {
      if (i == stage.firstLayer()) {
        declared.start();
      }
      declared.layer(stage.model().layers().get(i), Integer.toString(i));
    }
    return new Layout(declared.tensors);
  }

  /// Numbers in a buffer.
  public int count() {
    return tensors.isEmpty() ? 0 : tensors.getLast().offset() + tensors.getLast().count();
  }

  /// Walks over the model from its first layer and keeps what lies in the stage.
  private static final class Declarations {
    private final List<ParameterTensor> tensors = new ArrayList<>();
    private final double residualDeviation;
    private int number;
    private int offset;
    private boolean kept;

    Declarations(ModelSpec model) {
      long residuals = model.layers().stream().filter(Layer.Residual.class::isInstance).count();
      residualDeviation = DEVIATION / StrictMath.sqrt((double) Math.max(1, residuals));
    }

    void start() {
      kept = true;
    }

    void layer(Layer layer, String at) {
      switch (layer) {
        case Layer.Embedding(int vocabulary, int positions, int width) -> {
          add(at + ".token", DEVIATION, vocabulary, width);
          if (positions > 0) {
            add(at + ".position", DEVIATION, positions, width);
          }
        }
        case Layer.LayerNorm(int width, boolean bias) -> {
          add(at + ".scale", new Initial.Constant(1), List.of(width));
          if (bias) {
            zeros(at + ".shift", width);
          }
        }
        case Layer.RmsNorm(int width, float _) ->
            add(at + ".scale", new Initial.Constant(1), List.of(width));
        case Layer.Linear linear -> linear(at, linear, 1 / StrictMath.sqrt(linear.in()));
        case Layer.Activation _, Layer.Pool _ -> {}
        case Layer.CausalAttention(int width, int _, boolean bias) -> {
          linear(at + ".qkv", new Layer.Linear(width, 3 * width, bias), DEVIATION);
          linear(at + ".out", new Layer.Linear(width, width, bias), residualDeviation);
        }
        case Layer.GroupedAttention attention -> {
          linear(at + ".q", attention.queries(), DEVIATION);
          linear(at + ".k", attention.shared(), DEVIATION);
          linear(at + ".v", attention.shared(), DEVIATION);
          linear(at + ".out", attention.out(), residualDeviation);
        }
        case Layer.GatedFeedForward feedForward -> {
          linear(at + ".gate", feedForward.up(), DEVIATION);
          linear(at + ".up", feedForward.up(), DEVIATION);
          linear(at + ".down", feedForward.down(), residualDeviation);
        }
        case Layer.Conv2d conv -> conv(at, conv);
        case Layer.FeedForward feedForward -> {
          linear(at + ".up", feedForward.up(), DEVIATION);
          linear(at + ".down", feedForward.down(), residualDeviation);
        }
        case Layer.Residual(var body) -> {
          for (int i = 0; i < body.size(); i++) {
            layer(body.get(i), at + "." + i);
          }
        }
        case Layer.Head head -> linear(at, head.linear(), DEVIATION);
      }
    }

    private void conv(String at, Layer.Conv2d conv) {
      int channels = conv.image().channels();
      add(
          at + ".weight",
          new Initial.Normal(1 / StrictMath.sqrt(conv.patch())),
          List.of(conv.filters(), channels, conv.kernel(), conv.kernel()));
      if (conv.bias()) {
        zeros(at + ".bias", conv.filters());
      }
    }

    private void linear(String at, Layer.Linear linear, double deviation) {
      add(at + ".weight", deviation, linear.out(), linear.in());
      if (linear.bias()) {
        zeros(at + ".bias", linear.out());
      }
    }

    private void zeros(String name, int count) {
      add(name, new Initial.Constant(0), List.of(count));
    }

    private void add(String name, double deviation, int rows, int columns) {
      add(name, new Initial.Normal(deviation), List.of(rows, columns));
    }

    private void add(String name, Initial initial, List<Integer> shape) {
      if (kept) {
        var tensor = new ParameterTensor(name, shape, number, offset, initial);
        tensors.add(tensor);
        offset = Math.addExact(offset, tensor.count());
      }
      number++;
    }
  }
}
