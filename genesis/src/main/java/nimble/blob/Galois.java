package nimble.blob;

import nimble.check.Invariant;

/// The field of 256 elements (B5): polynomials over GF(2) modulo x⁸ + x⁴ + x³ + x² + 1, of which x
/// generates all but zero.
final class Galois {
  static final int SIZE = 256;
  private static final int POLYNOMIAL = 0x11d;
  private static final int ORDER = SIZE - 1;
  private static final byte[] POWERS = new byte[2 * ORDER];
  private static final int[] LOGARITHMS = new int[SIZE];

  /// Row `a` holds a × 0, a × 1, ...
  private static final byte[][] PRODUCTS = new byte[SIZE][SIZE];

  static {
    int power = 1;
    for (int i = 0; i < ORDER; i++) {
      POWERS[i] = (byte) power;
      POWERS[i + ORDER] = (byte) power;
      LOGARITHMS[power] = i;
      power <<= 1;
      power = power < SIZE ? power : power ^ POLYNOMIAL;
    }
    for (int a = 1; a < SIZE; a++) {
      for (int b = 1; b < SIZE; b++) {
        PRODUCTS[a][b] = POWERS[LOGARITHMS[a] + LOGARITHMS[b]];
      }
    }
  }

  private Galois() {}

  static int add(int a, int b) {
    return a ^ b;
  }

  static int multiply(int a, int b) {
    return PRODUCTS[a][b] & 0xff;
  }

  static int inverse(int a) {
    Invariant.check(a != 0, "zero has no inverse");
    return POWERS[ORDER - LOGARITHMS[a]] & 0xff;
  }

  /// `to[at + i] += factor × from[i]` for `length` bytes.
  static void addMultiple(byte[] to, int at, byte[] from, int length, int factor) {
    byte[] row = PRODUCTS[factor];
    for (int i = 0; i < length; i++) {
      to[at + i] ^= row[from[i] & 0xff];
    }
  }
}
