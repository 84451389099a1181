package nimble.training.matching;

import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.Parameters;
import nimble.genesis.TrainingParameters;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StageNeed;
import nimble.types.Math128;

/// What a stage costs with one offer (J3), in nim-units.
///
/// @param pay for all training steps
/// @param auditReserve 3q of it: what audits of it may cost
/// @param bondLeast without which the miner may not hold the stage
/// @param bond that would be locked
/// @param bondMost at which the stage would be audited least
public record Quote(
    long pay, long auditReserve, long bondLeast, long bond, long bondMost, int auditRatePermille) {
  /// Audits cost about three times what they check: two auditors and the carriage.
  static final int AUDIT_COST = 3;

  private static final int PERMILLE = 1_000;

  /// @throws ArithmeticException when a sum exceeds 64 bits: such an offer is not eligible
  public static Quote of(
      StageNeed need,
      int steps,
      OfferPut terms,
      long freeBond,
      JobSpec spec,
      Parameters parameters) {
    TrainingParameters p = parameters.training();
    long stepPay = Math.addExact(price(need.stepOperations(), terms), 1);
    long cost = AuditRate.cost(stepPay, parameters.money());
    long least = Math.multiplyExact(p.bondSteps(), cost);
    int lowest = AuditRate.leastPermille(need, LongestRound.steps(spec, need, terms, p), p);
    long most = Math.max(least, AuditRate.bondMost(cost, lowest));
    long bond = Math.max(least, Math.min(freeBond, most));
    int rate =
        Math.max(spec.money().auditRatePermille(), AuditRate.permille(cost, bond, lowest, p));
    long pay = price(Math.multiplyExact(need.stepOperations(), steps), terms);
    return new Quote(pay, auditReserve(pay, rate), least, bond, most, rate);
  }

  public static long auditReserve(long pay, int auditRatePermille) {
    return Math128.mulDiv(pay, (long) AUDIT_COST * auditRatePermille, PERMILLE);
  }

  private static long price(long operations, OfferPut terms) {
    return Terms.price(operations, terms.pricePerHour(), terms.operationsPerSecond());
  }

  /// What offers are compared by.
  public long total() {
    return Math.addExact(pay, auditReserve);
  }
}
