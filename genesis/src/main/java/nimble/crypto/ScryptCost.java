package nimble.crypto;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// How much work one guess at a password takes: scrypt (RFC 7914) with N = 2^`logN`, over 128 · `r`
/// · N bytes of memory, `p` times. The parameters come from a file, so they are bounded: a hostile
/// file costs at most 256 MiB and four passes.
public record ScryptCost(int logN, int r, int p) {
  /// 128 MiB, about half a second: what OWASP recommends.
  public static final ScryptCost STANDARD = new ScryptCost(17, 8, 1);

  /// 1 MiB, milliseconds: for devnets and tests, whose keys are worth nothing.
  public static final ScryptCost FAST = new ScryptCost(10, 8, 1);

  private static final int LOG_N_MIN = 10;
  private static final int LOG_N_MAX = 18;
  private static final int R_MAX = 8;
  private static final int P_MAX = 4;

  public ScryptCost {
    Invariant.check(isBounded(logN, r, p), "scrypt cost 2^%d, %d, %d", logN, r, p);
  }

  private static boolean isBounded(int logN, int r, int p) {
    return logN >= LOG_N_MIN
        && logN <= LOG_N_MAX
        && r >= 1
        && r <= R_MAX
        && p >= 1
        && p <= P_MAX
        // RFC 7914: N < 2^(128 · r / 8).
        && logN < 16 * r;
  }

  void write(Writer writer) {
    writer.u8(logN).u8(r).u8(p);
  }

  static ScryptCost read(Reader reader) throws Malformed {
    int logN = reader.u8();
    int r = reader.u8();
    int p = reader.u8();
    if (!isBounded(logN, r, p)) {
      throw new Malformed("scrypt cost 2^%d, %d, %d is out of bounds".formatted(logN, r, p));
    }
    return new ScryptCost(logN, r, p);
  }
}
