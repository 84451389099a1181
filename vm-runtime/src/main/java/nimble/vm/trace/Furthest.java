package nimble.vm.trace;

import java.util.OptionalInt;
import nimble.codec.Bytes;
import nimble.vm.tensor.LittleEndian;

/// Where two tensors of one shape differ most.
public final class Furthest {
  private Furthest() {}

  /// The element; empty when they are equal. What is not a number on one side only is furthest.
  public static OptionalInt of(Bytes one, Bytes other) {
    float[] first = LittleEndian.floats(one);
    float[] second = LittleEndian.floats(other);
    double largest = 0;
    OptionalInt furthest = OptionalInt.empty();
    for (int i = 0; i < first.length; i++) {
      double distance = distance(first[i], second[i]);
      if (distance > largest) {
        largest = distance;
        furthest = OptionalInt.of(i);
      }
    }
    return furthest;
  }

  private static double distance(float one, float other) {
    if (Float.compare(one, other) == 0) {
      return 0;
    }
    double distance = Math.abs((double) one - other);
    return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
  }
}
