package nimble.node.bench;

import java.util.List;
import java.util.OptionalDouble;

/// Whether something that should stand still grows: its mean over the last quarter of all samples
/// by its mean over the quarter before. What fills at the start, and then does not, does not count.
final class Growth {
  private static final int QUARTERS = 4;

  private Growth() {}

  /// 1.1: a tenth more. Empty for fewer than eight samples.
  static OptionalDouble of(List<Long> samples) {
    int quarter = samples.size() / QUARTERS;
    if (quarter < 2) {
      return OptionalDouble.empty();
    }
    int last = samples.size() - quarter;
    return OptionalDouble.of(
        mean(samples.subList(last, samples.size())) / mean(samples.subList(last - quarter, last)));
  }

  private static double mean(List<Long> samples) {
    return samples.stream().mapToLong(Long::longValue).average().orElse(1);
  }
}
