package nimble.training;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Math128;

/// What a host has served, as far as its receipts on chain say (S6).
///
/// @param tokens positions of which nothing more is to be said
/// @param paid nim-units, before the protocol fee, and what was not paid and never will be
/// @param pending what it brought since and is not settled (S9)
public record Served(long tokens, long paid, Optional<Batch> pending) {
  static final Served NOTHING = new Served(0, 0, Optional.empty());

  /// Of one host in all: leaves room for sums.
  public static final long TOKENS_MAX = 1L << 40;

  private static final long THOUSAND = 1_000;

  /// What so many tokens cost in all, rounded down; the largest number when that exceeds 64 bits.
  public static long price(long tokens, long pricePer1k) {
    boolean fits = Math.multiplyHigh(tokens, pricePer1k) < THOUSAND / 2;
    return fits ? Math128.mulDiv(tokens, pricePer1k, THOUSAND) : Long.MAX_VALUE;
  }

  /// Positions that it has brought a receipt for.
  public long claimed() {
    return pending.map(Batch::tokens).orElse(tokens);
  }

  Served with(Batch batch) {
    return new Served(tokens, paid, Optional.of(batch));
  }

  void write(Writer writer) {
    writer.i64(tokens).i64(paid).optional(pending, Batch::write);
  }

  static Served read(Reader reader) throws Malformed {
    return new Served(reader.i64(), reader.i64(), reader.optional(Batch::read));
  }
}
