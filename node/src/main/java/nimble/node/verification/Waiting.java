package nimble.node.verification;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import nimble.training.DrawChance;

/// How many rounds a cheat lives: by formula, and played (Q5).
final class Waiting {
  static final int SEQUENCES = 10_000;
  private static final int ROUNDS_MAX = 1_000_000;
  private static final double SURE = 0.99;
  private static final int MILLI = 1_000;

  private final double first;
  private final double second;

  /// @param steps of a round
  /// @param permille the audit rate, of steps
  Waiting(int steps, int permille) {
    first = chance(0, permille, (long) steps * MILLI);
    second = chance(1, permille, (long) steps * MILLI);
  }

  static double chance(int draws, int permille, long milliSteps) {
    return (double) DrawChance.of(draws, permille, milliSteps) / DrawChance.CERTAIN;
  }

  /// Rounds after which a cheat has been noticed in 99 cases of 100, when a round is with the
  /// chance `1 − (1 − p₁δ)(1 − p₂δ)`, p₁ and p₂ being those of the two draws.
  ///
  /// @param detection δ, of one audit
  OptionalInt formula(double detection) {
    double round = 1 - (1 - first * detection) * (1 - second * detection);
    return round == 0
        ? OptionalInt.empty()
        : OptionalInt.of(round == 1 ? 1 : (int) Math.ceil(Math.log1p(-SURE) / Math.log1p(-round)));
  }

  /// The same of [#SEQUENCES] sequences of rounds that were drawn.
  ///
  /// @param rounds whether the audit of each step noticed it, of recorded rounds
  OptionalInt played(List<boolean[]> rounds, long seed) {
    if (rounds.stream().noneMatch(Waiting::any)) {
      return OptionalInt.empty();
    }
    SplittableRandom random = new SplittableRandom(seed);
    int[] lived = new int[SEQUENCES];
    for (int i = 0; i < SEQUENCES; i++) {
      lived[i] = 1;
      while (lived[i] < ROUNDS_MAX && !noticed(rounds.get(random.nextInt(rounds.size())), random)) {
        lived[i]++;
      }
    }
    Arrays.sort(lived);
    return OptionalInt.of(lived[(int) Math.ceil(SURE * SEQUENCES) - 1]);
  }

  private static boolean any(boolean... steps) {
    for (boolean step : steps) {
      if (step) {
        return true;
      }
    }
    return false;
  }

  private boolean noticed(boolean[] steps, SplittableRandom random) {
    boolean drawn = random.nextDouble() < first && steps[random.nextInt(steps.length)];
    return (random.nextDouble() < second && steps[random.nextInt(steps.length)]) || drawn;
  }
}
