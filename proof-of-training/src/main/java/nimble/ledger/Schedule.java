package nimble.ledger;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.genesis.MoneyParameters;
import nimble.types.Math128;

/// What an epoch may hand out (L17), in nim-units: `pool × ln 2 ÷ halving × elapsed`, so that the
/// pool halves in the halving time when all of it is paid, and three parts of it.
///
/// @param pool at the epoch's end
/// @param elapsedMillis of block time that count: at most twice the epoch's nominal length
/// @param work the most that work emission may be
/// @param leaders for all blocks with all votes
/// @param validators for all stake that always voted
public record Schedule(
    long pool, long elapsedMillis, long total, long work, long leaders, long validators) {
  /// The natural logarithm of 2, in millionths.
  public static final long LN2_MILLIONTHS = 693_147;

  private static final long MILLION = 1_000_000;
  private static final long PERMILLE = 1_000;

  static Schedule of(MoneyParameters money, long epochMillis, long pool, long passedMillis) {
    Invariant.check(pool >= 0 && passedMillis >= 0, "pool %d, %d ms", pool, passedMillis);
    long elapsed = Math.min(passedMillis, Math.multiplyExact(epochMillis, 2));
    long rate = Math.multiplyExact(LN2_MILLIONTHS, Math.min(elapsed, money.halvingMillis()));
    long total =
        Math128.mulDiv(pool, rate, Math.multiplyExact(MILLION, Math.max(1, money.halvingMillis())));
    return new Schedule(
        pool,
        elapsed,
        total,
        Math128.mulDiv(total, money.workSharePermille(), PERMILLE),
        Math128.mulDiv(total, money.leaderSharePermille(), PERMILLE),
        Math128.mulDiv(total, money.validatorSharePermille(), PERMILLE));
  }

  /// What the epoch's work earns: never more than a part of what was burned for it.
  long workEmission(MoneyParameters money, long fees) {
    return Math.min(work, Math128.mulDiv(fees, money.workFactorPermille(), PERMILLE));
  }

  void write(Writer writer) {
    writer.i64(pool).i64(elapsedMillis).i64(total).i64(work).i64(leaders).i64(validators);
  }

  static Schedule read(Reader reader) throws Malformed {
    return new Schedule(
        reader.i64(), reader.i64(), reader.i64(), reader.i64(), reader.i64(), reader.i64());
  }
}
