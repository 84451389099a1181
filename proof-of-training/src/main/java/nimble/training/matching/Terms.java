package nimble.training.matching;

import nimble.chain.Device;
import nimble.chain.MinerCall.OfferPut;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.spec.Rounds;
import nimble.types.Math128;

/// On what terms a miner holds a stage, fixed when it was matched: later changes of its offer do
/// not touch them.
///
/// @param offer its number
/// @param pricePerHour nim-units for an hour at the declared speed
/// @param auditRatePermille of its rounds, from the bond it locked
/// @param stepOperations of one step of its stage
/// @param validationOperations of one batch without a gradient
public record Terms(
    long offer,
    Device device,
    String deviceName,
    long pricePerHour,
    long operationsPerSecond,
    int auditRatePermille,
    long stepOperations,
    long validationOperations) {
  private static final long SECONDS_PER_HOUR = 3_600;
  private static final long MILLIS_PER_SECOND = 1_000;

  /// An auditor does a step again and fetches what it needs.
  private static final long AUDIT_FEE_HALVES = 3;

  /// What `operations` cost, rounded down (J6).
  public static long price(long operations, long pricePerHour, long operationsPerSecond) {
    long perHour = Math.multiplyExact(operationsPerSecond, SECONDS_PER_HOUR);
    return Math128.mulDiv(operations, pricePerHour, perHour);
  }

  /// What they take at the declared speed, rounded up.
  public static long millis(long operations, long operationsPerSecond) {
    long whole = Math128.mulDiv(operations, MILLIS_PER_SECOND, operationsPerSecond);
    return Math.addExact(whole, 1);
  }

  /// Of `round`, validation included.
  public long operations(Rounds rounds, int round) {
    return Math.addExact(
        Math.multiplyExact(stepOperations, rounds.stepsOf(round)),
        Math.multiplyExact(validationOperations, rounds.validationBatches(round)));
  }

  /// Of the whole job, validation included.
  public long operations(Rounds rounds) {
    return Math.addExact(
        Math.multiplyExact(stepOperations, rounds.steps()),
        Math.multiplyExact(validationOperations, rounds.validationBatches()));
  }

  /// What one step pays.
  public long stepPay() {
    return price(stepOperations);
  }

  /// From the start of `round` to the job's end, validation included.
  public long operationsFrom(Rounds rounds, int round) {
    return Math.addExact(
        Math.multiplyExact(stepOperations, rounds.stepsFrom(round)),
        Math.multiplyExact(validationOperations, rounds.validationBatchesFrom(round)));
  }

  public long price(long operations) {
    return price(operations, pricePerHour, operationsPerSecond);
  }

  /// What auditing one step of the stage pays each auditor.
  public long auditFee() {
    return Math128.mulDiv(stepPay(), AUDIT_FEE_HALVES, 2);
  }

  public long millis(long operations) {
    return millis(operations, operationsPerSecond);
  }

  public void write(Writer writer) {
    writer.i64(offer).u8(device.tag()).string(deviceName, OfferPut.NAME_MAX);
    writer.i64(pricePerHour).i64(operationsPerSecond).u16(auditRatePermille);
    writer.i64(stepOperations).i64(validationOperations);
  }

  public static Terms read(Reader reader) throws Malformed {
    return new Terms(
        reader.i64(),
        Device.of(reader.u8()),
        reader.string(OfferPut.NAME_MAX),
        reader.i64(),
        reader.i64(),
        reader.u16(),
        reader.i64(),
        reader.i64());
  }
}
