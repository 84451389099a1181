package nimble.vm.data;

import nimble.vm.Philox;

/// Orders of `count` things, one after the other without end: each goes through all of them.
///
/// A Feistel network of four rounds over the least square of a power of two that holds `count`,
/// gone on with until the result is one of them (Black and Rogaway, "Ciphers with Arbitrary Finite
/// Domains", 2002); the round functions are [Philox] at (order, round · 2³² + half).
public final class Shuffle {
  private static final int ROUNDS = 4;

  private final Philox draws;
  private final int count;
  private final int halfBits;

  /// @param purpose a stable word
  public Shuffle(long seed, String purpose, int count) {
    draws = Philox.of(seed, purpose);
    this.count = count;
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
    halfBits = Math.max(1, (bits + 1) / 2);
  }

  /// The thing at a place, counted over all orders.
  public int at(long place) {
    long order = place / count;
    long thing = place % count;
    do {
      thing = once(order, thing);
    } while (thing >= count);
    return (int) thing;
  }

  private long once(long order, long thing) {
    long mask = (1L << halfBits) - 1;
    long left = thing >>> halfBits;
    long right = thing & mask;
    for (long round = 0; round < ROUNDS; round++) {
      long mixed = left ^ (draws.bits(order, (round << Integer.SIZE) | right) & mask);
      left = right;
      right = mixed;
    }
    return (left << halfBits) | right;
  }
}
