package nimble.vm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nimble.vm.Layer;
import nimble.vm.Rotary;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;

/// The constants of a stage's program: for each kind of rotary positions in it the cosines and the
/// sines, computed by us, so that they are the same on every machine; behind them what is frozen
/// ([Weights]).
final class Tables {
  private record Key(Rotary rotary, int headWidth) {}

  private final int context;
  private final List<Key> keys;
  private final boolean frozen;

  private Tables(int context, List<Key> keys, boolean frozen) {
    this.context = context;
    this.keys = keys;
    this.frozen = frozen;
  }

  static Tables of(StageSpec spec) {
    Set<Key> keys = new LinkedHashSet<>();
    spec.layers().forEach(layer -> find(layer, keys));
    boolean frozen = spec.model().lora().isPresent();
    return new Tables(spec.model().context(), List.copyOf(keys), frozen);
  }

  private static void find(Layer layer, Set<Key> keys) {
    if (layer instanceof Layer.Residual(var body)) {
      body.forEach(inner -> find(inner, keys));
    }
    if (layer instanceof Layer.GroupedAttention attention) {
      key(attention).ifPresent(keys::add);
    }
  }

  private static Optional<Key> key(Layer.GroupedAttention attention) {
    return attention.rotary().map(rotary -> new Key(rotary, attention.headWidth()));
  }

  /// A program without constants has no argument for them.
  String declaration() {
    return isEmpty() ? "" : ", c: List[Tensor]";
  }

  /// The same where a method calls another.
  String argument() {
    return isEmpty() ? "" : ", c";
  }

  private boolean isEmpty() {
    return keys.isEmpty() && !frozen;
  }

  /// Cosines and sines in `c`.
  int size() {
    return 2 * keys.size();
  }

  /// The number of the cosines in `c`; the sines follow.
  int number(Layer.GroupedAttention attention) {
    return 2 * keys.indexOf(key(attention).orElseThrow());
  }

  /// All of `c`: also what is frozen.
  static List<NDArray> arrays(StageSpec spec, NDManager manager, StageBase base) {
    Tables tables = of(spec);
    List<NDArray> arrays = tables.arrays(manager);
    arrays.addAll(new Weights(spec, tables.size()).arrays(manager, base));
    return arrays;
  }

  /// Places in rows, for heads side by side.
  private List<NDArray> arrays(NDManager manager) {
    List<NDArray> arrays = new ArrayList<>();
    for (Key key : keys) {
      Shape shape = new Shape(context, 1, key.headWidth / 2);
      for (boolean sines : new boolean[] {false, true}) {
        float[] table = key.rotary.table(context, key.headWidth, sines);
        arrays.add(Tensors.named(manager.create(table, shape), "c[]"));
      }
    }
    return arrays;
  }
}
