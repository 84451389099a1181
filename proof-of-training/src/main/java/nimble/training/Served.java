package nimble.training;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.types.Hash;
import nimble.types.Math128;

/// What a host has served, as far as its newest receipt on chain says (S6).
///
/// @param tokens positions
/// @param paid nim-units, before the protocol fee
/// @param root of the Merkle list of what it committed to
public record Served(long tokens, long paid, Hash root) {
  static final Served NOTHING = new Served(0, 0, Merkle.empty());

  /// Of one host in all: leaves room for sums.
  public static final long TOKENS_MAX = 1L << 40;

  private static final long THOUSAND = 1_000;

  /// What so many tokens cost in all, rounded down; the largest number when that exceeds 64 bits.
  public static long price(long tokens, long pricePer1k) {
    boolean fits = Math.multiplyHigh(tokens, pricePer1k) < THOUSAND / 2;
    return fits ? Math128.mulDiv(tokens, pricePer1k, THOUSAND) : Long.MAX_VALUE;
  }

  void write(Writer writer) {
    root.write(writer.i64(tokens).i64(paid));
  }

  static Served read(Reader reader) throws Malformed {
    return new Served(reader.i64(), reader.i64(), Hash.read(reader));
  }
}
