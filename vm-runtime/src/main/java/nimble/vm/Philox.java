package nimble.vm;

import nimble.codec.Bytes;
import nimble.crypto.Hashing;

/// Philox4x32-10: random numbers as a function of a key and a counter, the same on every machine.
///
/// Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011. The key is the first
/// eight bytes, big-endian, of `H("rng", seed, purpose)`, low word first; the counter is (index,
/// stream), each low word first (T1).
public final class Philox {
  private static final int ROUNDS = 10;
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long WORD = 0xffff_ffffL;
  private static final double PER_WORD = 0x1p-32;

  private final int key0;
  private final int key1;

  Philox(int key0, int key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /// Draws for one purpose, a stable ASCII word.
  public static Philox of(Bytes seed, String purpose) {
    long key = Hashing.of("rng", seed, Bytes.utf8(purpose)).bytes().u64At(0);
    return new Philox((int) key, (int) (key >>> Integer.SIZE));
  }

  public static Philox of(long seed, String purpose) {
    return of(Bytes.ofU64(seed), purpose);
  }

  /// 64 bits, of which the block's first word is the lower half.
  public long bits(long stream, long index) {
    int[] block = new int[4];
    block(stream, index, block);
    return (block[0] & WORD) | ((long) block[1] << Integer.SIZE);
  }

  /// `0 ≤ draw < bound`: the 64 bits, unsigned, modulo the bound.
  public long below(long bound, long stream, long index) {
    return Long.remainderUnsigned(bits(stream, index), bound);
  }

  /// Standard normals times `deviation`, four a block from index 0, by Box–Muller in fp64, cast
  /// once.
  public float[] normals(long stream, int count, double deviation) {
    float[] normals = new float[count];
    int[] block = new int[4];
    double[] four = new double[4];
    for (int at = 0; at < count; at += 4) {
      block(stream, at / 4, block);
      boxMuller(block[0], block[1], four, 0);
      boxMuller(block[2], block[3], four, 2);
      for (int i = 0; i < Math.min(4, count - at); i++) {
        normals[at + i] = (float) (deviation * four[i]);
      }
    }
    return normals;
  }

  private static void boxMuller(int first, int second, double[] pair, int at) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(((first & WORD) + 0.5) * PER_WORD));
    double angle = 2 * Math.PI * ((second & WORD) * PER_WORD);
    pair[at] = radius * StrictMath.cos(angle);
    pair[at + 1] = radius * StrictMath.sin(angle);
  }

  /// The four words for the counter (index, stream).
  public void block(long stream, long index, int[] out) {
    int c0 = (int) index;
    int c1 = (int) (index >>> Integer.SIZE);
    int c2 = (int) stream;
    int c3 = (int) (stream >>> Integer.SIZE);
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & WORD) * (c0 & WORD);
      long product1 = (MULTIPLIER_1 & WORD) * (c2 & WORD);
      c0 = (int) (product1 >>> Integer.SIZE) ^ c1 ^ k0;
      c2 = (int) (product0 >>> Integer.SIZE) ^ c3 ^ k1;
      c1 = (int) product1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }
}
