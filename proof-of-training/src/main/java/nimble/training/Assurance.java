package nimble.training;

import java.util.ArrayList;
import java.util.List;
import nimble.genesis.TrainingParameters;
import nimble.training.matching.AuditRate;
import nimble.training.matching.Quote;
import nimble.training.matching.Terms;
import nimble.training.spec.Rounds;
import nimble.training.spec.StageNeed;
import nimble.vm.gradient.GradientCodec;

/// What it costs that a stage's work can be relied on: shown before any money moves.
///
/// @param auditRatePermille of its rounds
/// @param audits nim-units reserved for them
/// @param bond that its miner locks
/// @param bondMost at which it would be audited least
/// @param auditsLeast what its audits would cost then: the rest is the price of a thinner bond
/// @param windowMillis for which each round can be audited, and its pay waits
/// @param evidenceBytes that the miner keeps for one window: for twice the window, twice as many
public record Assurance(
    int auditRatePermille,
    long audits,
    long bond,
    long bondMost,
    long auditsLeast,
    long windowMillis,
    long evidenceBytes) {
  /// An edge carries a tensor forwards and its gradient back.
  private static final int WAYS = 2;

  /// Of each stage; only when the matching is complete.
  public static List<Assurance> of(JobPlan plan, TrainingParameters p) {
    List<Assurance> all = new ArrayList<>();
    List<Terms> terms = plan.terms();
    Rounds rounds = plan.rounds().orElseThrow();
    for (StageNeed need : plan.needs()) {
      int stage = need.stage();
      Terms held = terms.get(stage);
      Quote quote = plan.matching().chosen().get(stage).quote();
      long pay = held.price(held.operations(rounds));
      int rate = held.auditRatePermille();
      int lowest = AuditRate.leastPermille(need, rounds.roundSteps(), p);
      int least = Math.max(plan.spec().money().auditRatePermille(), lowest);
      all.add(
          new Assurance(
              rate,
              Quote.auditReserve(pay, rate),
              quote.bond(),
              quote.bondMost(),
              Quote.auditReserve(pay, Math.min(rate, least)),
              p.window().millis(),
              evidence(plan, need, held, rounds, p)));
    }
    return List.copyOf(all);
  }

  /// What audits of the whole job would cost if every stage were audited at `permille`.
  public static long auditsAt(JobPlan plan, int permille) {
    Rounds rounds = plan.rounds().orElseThrow();
    return plan.terms().stream()
        .mapToLong(held -> Quote.auditReserve(held.price(held.operations(rounds)), permille))
        .reduce(0, Math::addExact);
  }

  private static long evidence(
      JobPlan plan, StageNeed need, Terms held, Rounds rounds, TrainingParameters p) {
    GradientCodec codec = plan.spec().training().gradientCodec();
    long left = need.stage() == 0 ? 0 : plan.needs().get(need.stage() - 1).edgeBytes();
    long edges = Math.multiplyExact(Math.addExact(left, need.edgeBytes()), WAYS);
    long step = Math.addExact(codec.size(Math.toIntExact(need.parameters())), edges);
    long round = Math.multiplyExact(step, rounds.roundSteps());
    long roundMillis = held.millis(Math.multiplyExact(held.stepOperations(), rounds.roundSteps()));
    return Math.multiplyExact(round, Math.ceilDiv(p.window().millis(), Math.max(1, roundMillis)));
  }
}
