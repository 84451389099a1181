package nimble.vm.audit;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.vm.Philox;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;

/// What an auditor of another class remembers of one miner (V9): the sum of the directions in which
/// the miner's gradients were off its own, in 256 numbers. Honest rounding points anywhere, so that
/// the sum of n directions is about √n long; a deviation that wants something points one way, and
/// the sum is about n long, however small each deviation is.
///
/// @param count of directions
/// @param sums little-endian fp32
public record Drift(int count, Bytes sums) {
  public static final int NUMBERS = 256;
  public static final int SIZE = NUMBERS * Float.BYTES;
  public static final Drift NONE = new Drift(0, LittleEndian.ofFloats(new float[NUMBERS]));

  /// Fewer directions are no ground for a report: where only few numbers are off each lies in few
  /// of the 256, and two that meet by chance look like far.
  public static final int LEAST = 16;

  private static final int BLOCK = 2048;
  private static final int WORDS = 4;

  public Drift {
    Invariant.check(count >= 0 && sums.size() == SIZE, "%d in %d bytes", count, sums.size());
  }

  /// The direction in which a committed gradient is off the interval that holds `ours`, of length
  /// one; empty when it is not off, or one of the two is not finite.
  ///
  /// @param key secret until the epoch is over: who knew it could hide
  static Optional<Bytes> direction(GradientCodec codec, Floats ours, Bytes claimed, Hash key) {
    try (Floats low = Floats.zeros(ours.count());
        Floats high = Floats.zeros(ours.count())) {
      codec.intervals(claimed, low, high);
      return ours.finite() && low.finite() && high.finite()
          ? unit(sketch(ours, low, high, Philox.of(key.bytes(), "drift")))
          : Optional.empty();
    } catch (Malformed e) {
      return Optional.empty(); // False anyway.
    }
  }

  private static double[] sketch(Floats ours, Floats low, Floats high, Philox draws) {
    double[] sums = new double[NUMBERS];
    float[] values = new float[BLOCK];
    float[] lows = new float[BLOCK];
    float[] highs = new float[BLOCK];
    int[] words = new int[WORDS];
    for (int at = 0; at < ours.count(); at += BLOCK) {
      int length = Math.min(BLOCK, ours.count() - at);
      ours.get(at, values, length);
      low.get(at, lows, length);
      high.get(at, highs, length);
      for (int i = 0; i < length; i++) {
        if (i % WORDS == 0) {
          draws.block(0, (at + i) / WORDS, words);
        }
        int word = words[i % WORDS];
        double residual = residual(values[i], lows[i], highs[i]);
        sums[word & (NUMBERS - 1)] += (word & NUMBERS) == 0 ? residual : -residual;
      }
    }
    return sums;
  }

  /// Signed: of the interval's nearest end.
  private static double residual(float ours, float low, float high) {
    if (ours < low) {
      return (double) low - ours;
    }
    return ours > high ? (double) high - ours : 0;
  }

  private static Optional<Bytes> unit(double... sums) {
    double squares = 0;
    for (double sum : sums) {
      squares += sum * sum;
    }
    if (squares == 0 || !Double.isFinite(squares)) {
      return Optional.empty();
    }
    float[] numbers = new float[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      numbers[i] = (float) (sums[i] / Math.sqrt(squares));
    }
    return Optional.of(LittleEndian.ofFloats(numbers));
  }

  /// With one direction more.
  public Drift add(Bytes direction) {
    float[] all = LittleEndian.floats(sums);
    float[] more = LittleEndian.floats(direction);
    for (int i = 0; i < NUMBERS; i++) {
      all[i] += more[i];
    }
    return new Drift(count + 1, LittleEndian.ofFloats(all));
  }

  /// How many deviations the sum's square is above its mean, if directions were independent: the
  /// square of n of them has mean n, and variance 2n(n − 1) ÷ 256 from the products of pairs. In
  /// thousandths, not below 0; 0 of less than [#LEAST].
  public long milliZ() {
    if (count < LEAST) {
      return 0;
    }
    double squares = 0;
    for (float sum : LittleEndian.floats(sums)) {
      squares += (double) sum * sum;
    }
    double deviation = Math.sqrt(2.0 * count * (count - 1) / NUMBERS);
    return Math.max(0, Math.round(1_000 * (squares - count) / deviation));
  }
}
