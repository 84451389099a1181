package nimble.vm.audit;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.vm.Philox;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;

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

  /// Bits that bf16 leaves away.
  private static final int HALF = 16;

  private static final int ROUND_UP = 0x7fff;

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

  /// Of a vector of fp32 numbers, little-endian.
  public static Projection of(Bytes numbers, Hash seed) {
    try (Floats vector = Floats.zeros(numbers.size() / Float.BYTES)) {
      vector.putBytes(0, numbers);
      return of(vector, seed);
    }
  }

  /// Its numbers rounded to bf16, half to even; what is no number stays none.
  public Projection rounded() {
    int[] bits = LittleEndian.ints(bytes);
    for (int i = 0; i < bits.length; i++) {
      boolean finite = Float.isFinite(Float.intBitsToFloat(bits[i]));
      int up = finite ? ROUND_UP + ((bits[i] >>> HALF) & 1) : 0;
      bits[i] = ((bits[i] + up) >>> HALF) << HALF;
    }
    return new Projection(LittleEndian.ofInts(bits));
  }

  /// Whether this is no further from what rounds to `other` than this, relative to its length: the
  /// error of a number is its distance from the interval.
  public boolean roundsTo(Projection other, double relative) {
    float[] ours = LittleEndian.floats(bytes);
    int[] theirs = LittleEndian.ints(other.bytes);
    double distance = 0;
    double squares = 0;
    for (int i = 0; i < NUMBERS; i++) {
      float rounded = Float.intBitsToFloat(theirs[i]);
      if (Float.isFinite(ours[i]) != Float.isFinite(rounded)) {
        return false;
      }
      if (Float.isFinite(rounded)) {
        double half = Math.ulp(rounded) * (1 << (HALF - 1));
        double apart = Math.max(0, Math.abs((double) ours[i] - rounded) - half);
        distance += apart * apart;
        squares += (double) ours[i] * ours[i];
      }
    }
    return Math.sqrt(distance) <= relative * Math.sqrt(squares);
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
