package nimble.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.vm.tensor.ParameterTensor;
import nimble.vm.tensor.ParameterTensor.Initial;
import nimble.vm.tensor.ParameterTensor.Part;

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
///
/// A linear map with an adapter ([Lora]) has `lora_A` [rank, in] and `lora_B` [out, rank] behind
/// these: then they alone are in the buffers, and all else is frozen.
public record Layout(List<ParameterTensor> tensors) {
  /// GPT-2's deviation.
  private static final double DEVIATION = 0.02;

  /// Of the uniform numbers with which adapters usually begin: 1 / √(3 in).
  private static final double ADAPTER_VARIANCE = 3;

  /// Adapters are counted by themselves, so that other tensors keep their numbers.
  private static final int FIRST_ADAPTER = 1 << 20;

  private static final String WEIGHT = ".weight";

  public Layout {
    tensors = List.copyOf(tensors);
  }

  /// What is trained.
  public static Layout of(StageSpec stage) {
    return new Layout(walk(stage).stream().filter(tensor -> !tensor.frozen()).toList());
  }

  /// What the stage's part of a [BaseModel] has numbers for: the layers' own tensors.
  public static Layout base(StageSpec stage) {
    return new Layout(walk(stage).stream().filter(tensor -> !tensor.isAdapter()).toList());
  }

  /// All tensors in the order in which layers use them.
  public static List<ParameterTensor> walk(StageSpec stage) {
    var declared = new Declarations(stage.model().layers(), stage.model().lora());
    for (int i = 0; i < stage.endLayer(); i++) {
      if (i == stage.firstLayer()) {
        declared.start();
      }
      declared.layer(stage.model().layers().get(i), Integer.toString(i));
    }
    return declared.tensors;
  }

  /// Names of the linear maps within the layers.
  static List<String> linears(List<Layer> layers) {
    return tensors(layers).stream()
        .filter(tensor -> tensor.part() == Part.LINEAR)
        .map(tensor -> tensor.name().substring(0, tensor.name().length() - WEIGHT.length()))
        .toList();
  }

  /// The layers' own tensors.
  static List<ParameterTensor> tensors(List<Layer> layers) {
    var declared = new Declarations(layers, Optional.empty());
    declared.start();
    for (int i = 0; i < layers.size(); i++) {
      declared.layer(layers.get(i), Integer.toString(i));
    }
    return declared.tensors;
  }

  /// Numbers in a buffer.
  public int count() {
    return tensors.isEmpty() ? 0 : tensors.getLast().offset() + tensors.getLast().count();
  }

  /// Walks over the model from its first layer and keeps what lies in the stage.
  private static final class Declarations {
    private final List<ParameterTensor> tensors = new ArrayList<>();
    private final double residualDeviation;
    private final Optional<Lora> lora;
    private int number;
    private int adapter = FIRST_ADAPTER;
    private int offset;
    private boolean kept;

    Declarations(List<Layer> layers, Optional<Lora> lora) {
      this.lora = lora;
      long residuals = layers.stream().filter(Layer.Residual.class::isInstance).count();
      residualDeviation = DEVIATION / StrictMath.sqrt((double) Math.max(1, residuals));
    }

    void start() {
      kept = true;
    }

    void layer(Layer layer, String at) {
      switch (layer) {
        case Layer.Embedding(int vocabulary, int positions, int width) -> {
          add(at + ".token", DEVIATION, vocabulary, width, Part.TABLE);
          if (positions > 0) {
            add(at + ".position", DEVIATION, positions, width, Part.TABLE);
          }
        }
        case Layer.LayerNorm(int width, boolean bias) -> {
          add(at + ".scale", new Initial.Constant(1), List.of(width), Part.NORM);
          if (bias) {
            zeros(at + ".shift", width, Part.NORM);
          }
        }
        case Layer.RmsNorm(int width, float _) ->
            add(at + ".scale", new Initial.Constant(1), List.of(width), Part.NORM);
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
        case Layer.Head head -> linear(at, head.linear(), DEVIATION, Part.HEAD);
      }
    }

    private void conv(String at, Layer.Conv2d conv) {
      int channels = conv.image().channels();
      add(
          at + ".weight",
          new Initial.Normal(1 / StrictMath.sqrt(conv.patch())),
          List.of(conv.filters(), channels, conv.kernel(), conv.kernel()),
          Part.KERNEL);
      if (conv.bias()) {
        zeros(at + ".bias", conv.filters(), Part.BIAS);
      }
    }

    private void linear(String at, Layer.Linear linear, double deviation) {
      linear(at, linear, deviation, Part.LINEAR);
      if (lora.isPresent() && lora.get().adapts(at)) {
        int rank = lora.get().rank();
        double down = 1 / StrictMath.sqrt(ADAPTER_VARIANCE * linear.in());
        adapter(at + ".lora_A", new Initial.Normal(down), List.of(rank, linear.in()), Part.LORA_A);
        adapter(at + ".lora_B", new Initial.Constant(0), List.of(linear.out(), rank), Part.LORA_B);
      }
    }

    private void linear(String at, Layer.Linear linear, double deviation, Part part) {
      add(at + WEIGHT, deviation, linear.out(), linear.in(), part);
      if (linear.bias()) {
        zeros(at + ".bias", linear.out(), Part.BIAS);
      }
    }

    private void zeros(String name, int count, Part part) {
      add(name, new Initial.Constant(0), List.of(count), part);
    }

    private void add(String name, double deviation, int rows, int columns, Part part) {
      add(name, new Initial.Normal(deviation), List.of(rows, columns), part);
    }

    private void add(String name, Initial initial, List<Integer> shape, Part part) {
      keep(name, initial, shape, part, number++, lora.isPresent());
    }

    private void adapter(String name, Initial initial, List<Integer> shape, Part part) {
      keep(name, initial, shape, part, adapter++, false);
    }

    private void keep(
        String name, Initial initial, List<Integer> shape, Part part, int own, boolean frozen) {
      if (kept) {
        var tensor =
            new ParameterTensor(name, shape, own, frozen ? 0 : offset, initial, part, frozen);
        tensors.add(tensor);
        // Cuts refuse a stage in which this overflows.
        offset += frozen ? 0 : (int) tensor.size();
      }
    }
  }
}
