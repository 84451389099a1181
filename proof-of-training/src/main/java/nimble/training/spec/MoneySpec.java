package nimble.training.spec;

import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problem;
import nimble.spec.Problems;

/// What a job may cost.
///
/// @param budget nim-units locked at submission: pay, slot charges and the audit pot
/// @param maxPricePerHour nim-units for an hour of one device
/// @param auditRatePermille a floor under the audit rate; 0 leaves it to the bond
/// @param deadlineMillis from submission until the job ends, done or not
public record MoneySpec(
    long budget, long maxPricePerHour, int auditRatePermille, long deadlineMillis) {
  public static final long PRICE_MAX = 1_000_000_000_000_000L;
  public static final int AUDIT_RATE_MAX = 1_000;
  public static final long DEADLINE_MIN = 1_000;
  public static final long DEADLINE_MAX = 366L * 24 * 3_600 * 1_000;

  public MoneySpec {
    Problems.none(problems(budget, maxPricePerHour, auditRatePermille, deadlineMillis));
  }

  public static List<Problem> problems(
      long budget, long maxPricePerHour, int auditRatePermille, long deadlineMillis) {
    Problems problems = new Problems();
    problems.range("money.budget", budget, 1, Long.MAX_VALUE);
    problems.range("money.maxPricePerHour", maxPricePerHour, 0, PRICE_MAX);
    problems.range("money.auditRate", auditRatePermille, 0, AUDIT_RATE_MAX);
    problems.range("money.deadline", deadlineMillis, DEADLINE_MIN, DEADLINE_MAX);
    return problems.list();
  }

  void write(Writer writer) {
    writer.i64(budget).i64(maxPricePerHour).u16(auditRatePermille).i64(deadlineMillis);
  }

  static MoneySpec read(Reader reader) throws Malformed {
    long budget = reader.i64();
    long maxPricePerHour = reader.i64();
    int auditRatePermille = reader.u16();
    long deadlineMillis = reader.i64();
    Problems.refuse(problems(budget, maxPricePerHour, auditRatePermille, deadlineMillis));
    return new MoneySpec(budget, maxPricePerHour, auditRatePermille, deadlineMillis);
  }
}
