package nimble.genesis;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Span;

/// Supply, fees on work, vesting.
///
/// @param supplyCap all nim-units that can ever be
/// @param protocolFeePermille part of each payment for work that is burned
/// @param workFactorPermille work emission per burned protocol fee; 1000 or more pays people to
///   train against themselves
/// @param vesting from settlement until pay is bond and stake
/// @param unbonding from removal until bond and stake are balance
public record MoneyParameters(
    long supplyCap,
    long protocolFeePermille,
    long workFactorPermille,
    Span vesting,
    Span unbonding) {
  public MoneyParameters {
    Invariant.check(
        supplyCap >= 0 && protocolFeePermille >= 0 && workFactorPermille >= 0,
        "a negative parameter");
  }

  void write(Writer writer) {
    writer.i64(supplyCap);
    writer.i64(protocolFeePermille);
    writer.i64(workFactorPermille);
    vesting.write(writer);
    unbonding.write(writer);
  }

  static MoneyParameters read(Reader reader) throws Malformed {
    return new MoneyParameters(
        reader.i64(), reader.i64(), reader.i64(), Span.read(reader), Span.read(reader));
  }
}
