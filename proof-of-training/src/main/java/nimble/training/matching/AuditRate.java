package nimble.training.matching;

import nimble.genesis.MoneyParameters;
import nimble.genesis.TrainingParameters;
import nimble.training.spec.StageNeed;
import nimble.types.Math128;

/// How often a stage is audited, from what its miner can lose (proof of training, section 8).
/// Cheating on a step does not pay iff `q δ (S + U) > (1 − q δ) c`, so `q = clamp(20 c ÷ (δ (S +
/// U)))`.
///
/// @param cost c: what one step pays, price and the emission that may follow it
/// @param bond S: locked for this stage
/// @param unvested U: pay of this stage that a slash would take
/// @param permille q
public record AuditRate(long cost, long bond, long unvested, int permille) {
  /// Against leaders' bias, colluding auditors, and a cheat who is also the developer.
  public static final int MARGIN = 20;

  /// δ, the detection power of one audit: within a class any changed bit is noticed.
  public static final int DETECTION_PERMILLE = 1_000;

  private static final long PERMILLE = 1_000;

  /// @param leastPermille of the stage
  public static AuditRate of(
      long cost, long bond, long unvested, int leastPermille, TrainingParameters p) {
    long atStake = Math.addExact(bond, unvested);
    return new AuditRate(cost, bond, unvested, permille(cost, atStake, leastPermille, p));
  }

  /// The lowest rate on a stage, of its steps: an auditor spends so much of the stage's compute, at
  /// most, as the chain's lowest rate says, all updates of the round included. Where that is the
  /// highest as well there is one rate for all, of steps.
  ///
  /// @param roundSteps at most, of the stage's rounds
  public static int leastPermille(StageNeed need, int roundSteps, TrainingParameters p) {
    long most = Math.min(PERMILLE, p.auditRateMaxPermille());
    long least = Math.min(most, p.auditRateMinPermille());
    if (least == most || least == 0) {
      return (int) least;
    }
    long audit = need.auditOperations(roundSteps, true);
    return (int) Math.max(1, Math128.mulDiv(need.stepOperations(), least, audit));
  }

  /// c of a step with this price: the protocol fee of it, times the work factor, is the most that
  /// work emission can add.
  public static long cost(long stepPay, MoneyParameters money) {
    return Math.addExact(stepPay, expectedEmission(stepPay, money));
  }

  public static long expectedEmission(long stepPay, MoneyParameters money) {
    long fee = Math128.mulDiv(stepPay, money.protocolFeePermille(), PERMILLE);
    return Math128.mulDiv(fee, money.workFactorPermille(), PERMILLE);
  }

  /// The bond at which a stage is audited least, whatever pay it has unvested.
  static long bondMost(long cost, int leastPermille) {
    return leastPermille == 0 ? 0 : roundedUp(cost, leastPermille);
  }

  /// `20 cost ÷ δ`, in permille of `divisor`.
  private static long roundedUp(long cost, long divisor) {
    long margin = MARGIN * PERMILLE * PERMILLE / DETECTION_PERMILLE;
    long floor = Math128.mulDiv(margin, cost, divisor);
    boolean exact = Math128.mulDiv(divisor, floor, margin) == cost;
    return exact ? floor : Math.addExact(floor, 1);
  }

  /// Rounded up, between the stage's lowest rate and the chain's highest.
  static int permille(long cost, long atStake, int leastPermille, TrainingParameters p) {
    long most = Math.min(PERMILLE, p.auditRateMaxPermille());
    long least = Math.min(most, leastPermille);
    if (cost == 0 || isBeyond(cost, atStake, least)) {
      return (int) least;
    }
    if (atStake == 0 || !isBeyond(cost, atStake, most)) {
      return (int) most;
    }
    return (int) Math.clamp(roundedUp(cost, atStake), least, most);
  }

  /// Whether auditing at `permille` would do: `q δ (S + U) ≥ 20 c`.
  private static boolean isBeyond(long cost, long atStake, long permille) {
    try {
      long found = Math128.mulDiv(atStake, permille * DETECTION_PERMILLE, PERMILLE * PERMILLE);
      return found >= Math.multiplyExact(cost, MARGIN);
    } catch (ArithmeticException e) {
      return false;
    }
  }
}
