package nimble.genesis;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Span;

/// Supply, fees on work, emission, vesting.
///
/// @param supplyCap all nim-units that can ever be
/// @param protocolFeePermille part of each payment for work that is burned
/// @param workFactorPermille work emission per burned protocol fee; 1000 or more pays people to
///   train against themselves
/// @param halvingMillis the reward pool halves in this block time, if all that is scheduled is paid
/// @param workSharePermille of an epoch's schedule: the most that work emission may be
/// @param leaderSharePermille of an epoch's schedule, for the blocks they led
/// @param validatorSharePermille of an epoch's schedule, for stake that voted
/// @param vesting from settlement until pay is bond and stake
/// @param unbonding from removal until bond and stake are balance
public record MoneyParameters(
    long supplyCap,
    long protocolFeePermille,
    long workFactorPermille,
    long halvingMillis,
    long workSharePermille,
    long leaderSharePermille,
    long validatorSharePermille,
    Span vesting,
    Span unbonding) {
  public MoneyParameters {
    Invariant.check(
        supplyCap >= 0
            && protocolFeePermille >= 0
            && workFactorPermille >= 0
            && halvingMillis >= 0
            && workSharePermille >= 0
            && leaderSharePermille >= 0
            && validatorSharePermille >= 0,
        "a negative parameter");
  }

  /// The same with another work emission per burned fee.
  public MoneyParameters withWorkFactorPermille(long other) {
    return new MoneyParameters(
        supplyCap,
        protocolFeePermille,
        other,
        halvingMillis,
        workSharePermille,
        leaderSharePermille,
        validatorSharePermille,
        vesting,
        unbonding);
  }

  /// The same where the reward pool halves in another time.
  public MoneyParameters withHalvingMillis(long other) {
    return new MoneyParameters(
        supplyCap,
        protocolFeePermille,
        workFactorPermille,
        other,
        workSharePermille,
        leaderSharePermille,
        validatorSharePermille,
        vesting,
        unbonding);
  }

  /// The same with other waits.
  public MoneyParameters withWaits(Span otherVesting, Span otherUnbonding) {
    return new MoneyParameters(
        supplyCap,
        protocolFeePermille,
        workFactorPermille,
        halvingMillis,
        workSharePermille,
        leaderSharePermille,
        validatorSharePermille,
        otherVesting,
        otherUnbonding);
  }

  void write(Writer writer) {
    writer.i64(supplyCap);
    writer.i64(protocolFeePermille);
    writer.i64(workFactorPermille);
    writer.i64(halvingMillis);
    writer.i64(workSharePermille);
    writer.i64(leaderSharePermille);
    writer.i64(validatorSharePermille);
    vesting.write(writer);
    unbonding.write(writer);
  }

  static MoneyParameters read(Reader reader) throws Malformed {
    return new MoneyParameters(
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        Span.read(reader),
        Span.read(reader));
  }
}
