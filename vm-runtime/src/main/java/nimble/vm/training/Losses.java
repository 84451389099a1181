package nimble.vm.training;

import java.util.List;
import java.util.Locale;

/// Losses as bits of fp32, for code that has no floating point.
public final class Losses {
  private Losses() {}

  /// The mean in fp64 in list order, cast once.
  public static int mean(List<Integer> lossBits) {
    double sum = 0;
    for (int bits : lossBits) {
      sum += Float.intBitsToFloat(bits);
    }
    return Float.floatToIntBits((float) (sum / lossBits.size()));
  }

  /// For people, four decimals.
  public static String text(int lossBits) {
    return String.format(Locale.ROOT, "%.4f", Float.intBitsToFloat(lossBits));
  }
}
