package nimble.ledger;

import nimble.types.Math128;

/// The base fee (L3).
public final class Fees {
  /// Keeps fee × weight within 64 bits for every weight that a block can have.
  static final long BASE_FEE_MAX = 1_000_000_000;

  private static final long STEP = 8;

  private Fees() {}

  /// Nim-units per weight that the next block burns.
  public static long baseFee(StateView state) {
    return state.read(Keys.of(Keys.BASE_FEE), reader -> reader.i64()).orElse(1L);
  }

  static void putBaseFee(Overlay state, long fee) {
    state.write(Keys.of(Keys.BASE_FEE), writer -> writer.i64(Math.clamp(fee, 1, BASE_FEE_MAX)));
  }

  /// What a block burns for `weight`, at most `Long.MAX_VALUE`.
  public static long cost(long baseFee, long weight) {
    return Math.multiplyHigh(baseFee, weight) == 0 && baseFee * weight >= 0
        ? baseFee * weight
        : Long.MAX_VALUE;
  }

  /// The base fee after a block of `used` weight: up when it was more than half full, down when
  /// less, in proportion, by an eighth at most; by 1 at least, so that it never sticks.
  static long next(long fee, long used, long weightMax) {
    long target = Math.max(1, weightMax / 2);
    if (used == target) {
      return fee;
    }
    long distance = Math.min(target, Math.abs(used - target));
    long change = Math.max(1, Math128.mulDiv(fee, distance, Math.multiplyExact(target, STEP)));
    return Math.clamp(used > target ? fee + change : fee - change, 1, BASE_FEE_MAX);
  }
}
