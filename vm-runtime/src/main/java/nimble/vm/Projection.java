package nimble.vm;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// Sixty-four numbers that stand for a long vector: each of its numbers is added to one of them, or
/// subtracted, as a seed draws it (V7). The distance of two vectors is about that of their
/// projections, to one part in six, and nobody makes a projection without the vector.
///
/// Charikar, Chen, Farach-Colton, "Finding Frequent Items in Data Streams", ICALP 2002.
///
/// @param bytes of the numbers, little-endian fp32; all NaN when the vector is not finite
public record Projection(Bytes bytes) {
  public static final int NUMBERS = 64;

  /// Of its bytes.
  public static final int SIZE = NUMBERS * Float.BYTES;

  private static final int BLOCK = 2048;
  private static final int WORDS = 4;

  public Projection {
    Invariant.check(bytes.size() == SIZE, "a projection of %d bytes", bytes.size());
  }

  static Projection of(Floats vector, Hash seed) {
    double[] sums = new double[NUMBERS];
    Philox draws = Philox.of(seed.bytes(), "projection");
    float[] values = new float[BLOCK];
    int[] words = new int[WORDS];
    boolean finite = true;
    for (int at = 0; at < vector.count(); at += BLOCK) {
      int length = Math.min(BLOCK, vector.count() - at);
      vector.get(at, values, length);
      for (int i = 0; i < length; i++) {
        if (i % WORDS == 0) {
          draws.block(0, (at + i) / WORDS, words);
        }
        int word = words[i % WORDS];
        finite &= Float.isFinite(values[i]);
        sums[word & (NUMBERS - 1)] += (word & NUMBERS) == 0 ? values[i] : -values[i];
      }
    }
    float[] numbers = new float[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      numbers[i] = finite ? (float) sums[i] : Float.NaN;
    }
    return new Projection(LittleEndian.ofFloats(numbers));
  }

  /// Whether the two stand for vectors no further apart than this, relative to the longer one. Not
  /// finite is near to not finite only. Strict fp64: the same on every machine.
  public boolean isNear(Projection other, double relative) {
    float[] ours = LittleEndian.floats(bytes);
    float[] theirs = LittleEndian.floats(other.bytes);
    double distance = 0;
    double ourSquares = 0;
    double theirSquares = 0;
    for (int i = 0; i < NUMBERS; i++) {
      boolean finite = Float.isFinite(ours[i]);
      if (finite != Float.isFinite(theirs[i])) {
        return false;
      }
      if (finite) {
        double apart = (double) ours[i] - theirs[i];
        distance += apart * apart;
        ourSquares += (double) ours[i] * ours[i];
        theirSquares += (double) theirs[i] * theirs[i];
      }
    }
    return Math.sqrt(distance) <= relative * Math.sqrt(Math.max(ourSquares, theirSquares));
  }
}
