package nimble.vm.reference;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;

/// The exact end of a step (T2): what the codec makes of the sum of the micro-batches' gradients.
public final class Addition {
  private Addition() {}

  /// @param blocks the same block of each micro-batch's gradient, in order; it begins where one of
  ///   the codec's blocks does
  /// @return the block, as the codec gives it back
  public static Bytes committed(GradientCodec codec, List<Bytes> blocks) {
    int count = blocks.getFirst().size() / Float.BYTES;
    try (Floats sum = Floats.zeros(count);
        Floats rounded = Floats.zeros(count)) {
      float[] sums = new float[count];
      for (Bytes block : blocks) {
        float[] more = LittleEndian.floats(block);
        for (int i = 0; i < count; i++) {
          sums[i] += more[i];
        }
      }
      sum.put(0, sums, count);
      codec.decode(codec.encode(sum), rounded);
      return rounded.bytes(0, count);
    } catch (Malformed e) {
      throw new IllegalStateException("the codec refuses its own encoding", e);
    }
  }
}
