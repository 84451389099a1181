package nimble.genesis;

import java.util.ArrayList;
import java.util.List;
import nimble.types.Span;

/// What of a genesis's parameters cannot work (G4), and what is only sound where nothing is worth
/// anything (G3).
final class Soundness {
  private static final long PERMILLE = 1_000;

  /// A hundred years: keeps the schedule's products within 64 bits.
  private static final long MILLIS_MAX = 100L * 366 * 24 * 3_600 * 1_000;

  private Soundness() {}

  /// G4: wrong on every network.
  static List<String> mistakes(Parameters parameters) {
    List<String> found = new ArrayList<>();
    MoneyParameters money = parameters.money();
    range(found, "money.halvingMillis", money.halvingMillis(), 1, MILLIS_MAX);
    range(found, "consensus.epochMillis", parameters.consensus().epochMillis(), 1, MILLIS_MAX);
    range(found, "money.protocolFeePermille", money.protocolFeePermille(), 0, PERMILLE);
    range(found, "money.workSharePermille", money.workSharePermille(), 0, PERMILLE);
    range(found, "money.leaderSharePermille", money.leaderSharePermille(), 0, PERMILLE);
    range(found, "money.validatorSharePermille", money.validatorSharePermille(), 0, PERMILLE);
    range(found, "money.workFactorPermille", money.workFactorPermille(), 0, 1_000 * PERMILLE);
    if (found.isEmpty() && shares(money) > PERMILLE) {
      found.add(
          "money: work, leader and validator shares are %d permille of the schedule, more than 1000"
              .formatted(shares(money)));
    }
    return found;
  }

  private static long shares(MoneyParameters money) {
    return money.workSharePermille() + money.leaderSharePermille() + money.validatorSharePermille();
  }

  private static void range(List<String> found, String name, long value, long least, long most) {
    if (value < least || value > most) {
      found.add("%s must be %d to %d, was %d".formatted(name, least, most, value));
    }
  }

  /// G3: wrong where NIM is worth something.
  static List<String> dangers(Parameters parameters) {
    List<String> found = new ArrayList<>();
    MoneyParameters money = parameters.money();
    if (money.workFactorPermille() >= PERMILLE) {
      found.add("money.workFactorPermille is 1000 or more: training against oneself pays");
    }
    if (contestedMillis(parameters.training()) >= money.vesting().millis()) {
      found.add(
          "money.vesting (%d ms) ends before window, audit, challenge and vote can (%d ms)"
              .formatted(money.vesting().millis(), contestedMillis(parameters.training())));
    }
    if (money.vesting().millis() > money.unbonding().millis()) {
      found.add("money.vesting is longer than money.unbonding");
    }
    if (parameters.consensus().epochMillis() >= money.unbonding().millis() / 2) {
      found.add("money.unbonding is not longer than two epochs");
    }
    return found;
  }

  /// From a round's commitments to the last verdict on it: the window, an audit, the challenge of
  /// its data, the time to concede and the vote.
  private static long contestedMillis(TrainingParameters training) {
    return List.of(
            training.window(),
            training.auditCommit(),
            training.auditReveal(),
            training.dataChallenge(),
            training.auditCommit(),
            training.dataChallenge())
        .stream()
        .mapToLong(Span::millis)
        .reduce(0, Math::addExact);
  }
}
