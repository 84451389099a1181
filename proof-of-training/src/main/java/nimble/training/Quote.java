package nimble.training;

import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.TrainingParameters;
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

  /// Proof of training, section 8: against leaders' bias, colluding auditors, and a cheat who is
  /// also the developer.
  private static final int MARGIN = 20;

  private static final int PERMILLE = 1_000;

  /// @throws ArithmeticException when a sum exceeds 64 bits: such an offer is not eligible
  static Quote of(
      StageNeed need,
      int steps,
      OfferPut terms,
      long freeBond,
      JobSpec spec,
      TrainingParameters p) {
    long stepPay = Math.addExact(price(need.stepOperations(), terms), 1);
    long least = Math.multiplyExact(p.bondSteps(), stepPay);
    long forLowestRate =
        p.auditRateMinPermille() == 0
            ? least
            : Math128.mulDiv((long) MARGIN * PERMILLE, stepPay, p.auditRateMinPermille());
    long most = Math.max(least, forLowestRate);
    long bond = Math.max(least, Math.min(freeBond, most));
    int rate = Math.max(spec.money().auditRatePermille(), rate(stepPay, bond, p));
    long pay = price(Math.multiplyExact(need.stepOperations(), steps), terms);
    return new Quote(pay, auditReserve(pay, rate), least, bond, most, rate);
  }

  static long auditReserve(long pay, int auditRatePermille) {
    return Math128.mulDiv(pay, (long) AUDIT_COST * auditRatePermille, PERMILLE);
  }

  private static int rate(long stepPay, long bond, TrainingParameters p) {
    long most = Math.min(PERMILLE, p.auditRateMaxPermille());
    long rate = bond == 0 ? most : Math128.mulDiv((long) MARGIN * PERMILLE, stepPay, bond);
    return (int) Math.min(most, Math.max(p.auditRateMinPermille(), rate));
  }

  private static long price(long operations, OfferPut terms) {
    return Terms.price(operations, terms.pricePerHour(), terms.operationsPerSecond());
  }

  /// What offers are compared by.
  public long total() {
    return Math.addExact(pay, auditReserve);
  }
}
