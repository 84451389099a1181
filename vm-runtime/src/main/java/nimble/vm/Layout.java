package nimble.vm;

import java.util.ArrayList;
import java.util.List;
import nimble.vm.ParameterTensor.Initial;

/// Where each weight tensor of a stage lies in its flat buffers (M4).
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
        case Layer.Linear linear -> linear(at, linear, 1 / StrictMath.sqrt(linear.in()));
        case Layer.Activation _ -> {}
        case Layer.CausalAttention(int width, int _, boolean bias) -> {
          linear(at + ".qkv", new Layer.Linear(width, 3 * width, bias), DEVIATION);
          linear(at + ".out", new Layer.Linear(width, width, bias), residualDeviation);
        }
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
