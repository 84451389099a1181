package nimble.vm;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.ParameterTensor;
import nimble.vm.tensor.Storage;

/// What adapters on a frozen base cost, beside what the layers by themselves would (M6): less the
/// gradients of what is frozen, plus the adapters' own products. On a base that is decoded, a layer
/// goes forward once more before it goes back, so that nothing of it is kept (L5).
final class LoraMetering {
  private final long positions;
  private final BaseForm form;
  private long forward;
  private long saved;
  private long backward;
  private long kept;
  private long parameters;
  private long baseBytes;
  private long decoded;
  private long largest;

  private LoraMetering(long positions, BaseForm form) {
    this.positions = positions;
    this.form = form;
  }

  /// @param forward and the others: of the layers by themselves
  static Metering of(StageSpec stage, long forward, long backward, long kept) {
    BaseForm form = stage.model().lora().orElseThrow().base();
    LoraMetering all = new LoraMetering(stage.positions(), form);
    Layout.walk(stage).forEach(all::add);
    long once = sum(forward, all.forward, product(Operations.DECODE, all.decoded));
    long back = sum(backward - all.saved, all.backward);
    boolean decodes = form.decodes();
    long keptBytes = product(sum(kept, all.kept, -unread(stage)), Float.BYTES);
    return new Metering(
        once,
        decodes ? sum(back, once - ends(stage)) : back,
        Math.multiplyExact(all.parameters, Metering.UPDATE_OPERATIONS),
        all.parameters,
        all.baseBytes,
        decodes ? inputs(stage) : keptBytes,
        decodes ? work(stage, form) : 0,
        stage.inputBytes(),
        stage.outputBytes());
  }

  private void add(ParameterTensor tensor) {
    long last = tensor.shape().getLast();
    long first = tensor.shape().getFirst();
    long matrix = product(2 * positions, tensor.size());
    switch (tensor.part()) {
      case LINEAR, HEAD -> {
        saved = sum(saved, matrix);
        decode(tensor);
      }
      case KERNEL -> decode(tensor);
      case TABLE -> saved = sum(saved, product(positions, last));
      case BIAS -> saved = sum(saved, product(positions, last));
      case NORM -> {}
      case LORA_A -> {
        forward = sum(forward, matrix, product(positions, first));
        backward = sum(backward, product(2, matrix), product(positions, first + last));
        kept = sum(kept, product(2 * positions, first));
      }
      case LORA_B -> {
        forward = sum(forward, matrix, product(positions, first));
        backward = sum(backward, product(2, matrix));
      }
    }
    if (tensor.frozen()) {
      baseBytes = sum(baseBytes, form.bytes(tensor));
    } else {
      parameters = sum(parameters, tensor.size());
    }
  }

  private void decode(ParameterTensor tensor) {
    if (form.of(tensor) != Storage.FP32) {
      decoded = sum(decoded, tensor.size());
      largest = Math.max(largest, tensor.size());
    }
  }

  private static long product(long a, long b) {
    return Math.multiplyExact(a, b);
  }

  private static long sum(long... parts) {
    long all = 0;
    for (long part : parts) {
      all = Math.addExact(all, part);
    }
    return all;
  }

  /// The head goes forward once: its loss follows at once.
  private static long ends(StageSpec stage) {
    if (!stage.last()) {
      return 0;
    }
    StageSpec head = layer(stage, stage.endLayer() - 1);
    LoraMetering own =
        new LoraMetering(stage.positions(), stage.model().lora().orElseThrow().base());
    Layout.walk(head).forEach(own::add);
    return Operations.forward(stage.model().head(), stage.positions(), stage.model().context())
        + product(Operations.DECODE, own.decoded);
  }

  /// Numbers that layers by themselves keep for nothing but the gradients of what is frozen.
  private static long unread(StageSpec stage) {
    Set<LoraTarget> targets = stage.model().lora().orElseThrow().targets();
    long numbers = 0;
    for (Layer layer : stage.layers()) {
      numbers = sum(numbers, product(stage.positions(), unread(layer, targets)));
    }
    return numbers;
  }

  private static long unread(Layer layer, Set<LoraTarget> targets) {
    return switch (layer) {
      case Layer.RmsNorm norm -> norm.width();
      case Layer.Linear linear -> linear.in();
      case Layer.CausalAttention a -> unread(a.width(), targets, LoraTarget.QKV);
      case Layer.GroupedAttention a ->
          unread(a.width(), targets, LoraTarget.Q, LoraTarget.K, LoraTarget.V);
      case Layer.FeedForward f ->
          unread(f.width(), targets, LoraTarget.UP) + unread(f.hidden(), targets, LoraTarget.DOWN);
      case Layer.GatedFeedForward f ->
          unread(f.width(), targets, LoraTarget.GATE, LoraTarget.UP)
              + unread(f.hidden(), targets, LoraTarget.DOWN);
      case Layer.Residual(var body) ->
          body.stream().mapToLong(inner -> unread(inner, targets)).sum();
      case Layer.Head head -> head.inWidth();
      case Layer.Embedding _, Layer.LayerNorm _, Layer.Activation _, Layer.Conv2d _, Layer.Pool _ ->
          0;
    };
  }

  /// An input, unless one of the maps that take it has an adapter.
  private static long unread(long width, Set<LoraTarget> targets, LoraTarget... maps) {
    return Collections.disjoint(targets, List.of(maps)) ? width : 0;
  }

  /// What each layer takes: all that is kept until it goes back.
  private static long inputs(StageSpec stage) {
    long bytes = 0;
    for (Layer layer : stage.layers()) {
      bytes = Math.addExact(bytes, Math.multiplyExact(4L * stage.positions(), layer.inWidth()));
    }
    return bytes;
  }

  /// The largest layer's own graph, where gradients have the place of what is not read, with its
  /// decoded matrices, and the codes of one of them.
  private static long work(StageSpec stage, BaseForm form) {
    long most = 0;
    for (int i = stage.firstLayer(); i < stage.endLayer(); i++) {
      LoraMetering own = new LoraMetering(stage.positions(), form);
      Layout.walk(layer(stage, i)).forEach(own::add);
      Layer layer = stage.model().layers().get(i);
      long kept = Operations.kept(layer, stage.positions(), stage.model().context()) + own.kept;
      most =
          Math.max(
              most,
              Math.addExact(
                  product(Float.BYTES, sum(own.decoded, own.largest)),
                  Math.multiplyExact(kept, 4L)));
    }
    return most;
  }

  private static StageSpec layer(StageSpec stage, int index) {
    return new StageSpec(stage.model(), index, index + 1, stage.rows());
  }
}
