package nimble.vm.reference;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.tensor.LittleEndian;

/// Keeps what operators give, in the order in which they run, when somebody wants it.
final class Recorder {
  private final boolean keeps;
  private final List<Bytes> kept = new ArrayList<>();

  Recorder(boolean keeps) {
    this.keeps = keeps;
  }

  boolean keeps() {
    return keeps;
  }

  void keep(float[] output) {
    if (keeps) {
      kept.add(LittleEndian.ofFloats(output));
    }
  }

  void keep(double[] output) {
    if (keeps) {
      float[] rounded = new float[output.length];
      for (int i = 0; i < rounded.length; i++) {
        rounded[i] = (float) output[i];
      }
      keep(rounded);
    }
  }

  /// Since the last call.
  List<Bytes> take() {
    List<Bytes> taken = List.copyOf(kept);
    kept.clear();
    return taken;
  }
}
