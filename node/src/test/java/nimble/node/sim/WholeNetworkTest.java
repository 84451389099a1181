package nimble.node.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import nimble.training.JobState;
import org.junit.jupiter.api.Test;

/// Whole nodes under all that may happen to them: the package's rules hold in every run, or the run
/// throws and says how to see it again.
final class WholeNetworkTest {
  private static final int SEEDS = 60;

  @Test
  void everySeedKeepsTheRules() {
    for (long seed = 0; seed < SEEDS; seed++) {
      run(seed);
    }
  }

  @Test
  void w1EqualSeedsGiveEqualRuns() {
    for (long seed : new long[] {6, 11}) {
      assertEquals(run(seed), run(seed));
    }
  }

  /// That nobody else is struck is for the world to check.
  @Test
  void w8OneSpareIsEnoughForAMinerThatIsKilledInTheMidstOfARound() {
    for (long seed = 0; seed < 3; seed++) {
      Scenario killed =
          new Scenario(
              seed, 4, 4, 20, 1, 0, 0, 0, false, false, true, Optional.empty(), Optional.empty(), Optional.empty());
      assertEquals(Optional.of(JobState.COMPLETED), new World(killed, _ -> {}).run().job());
    }
  }

  /// That it is punished and out, and nobody else, is for the world to check.
  @Test
  void w15WhoVotesTwiceIsOutByTheWordOfThoseWhoHeardIt() {
    for (Perjury perjury : Perjury.values()) {
      Scenario perjured =
          new Scenario(
              perjury.ordinal(),
              5,
              0,
              0,
              3,
              0,
              0,
              0,
              false,
              false,
              false,
              Optional.empty(),
              Optional.of(perjury),
              Optional.empty());
      new World(perjured, _ -> {}).run();
    }
  }

  private static Outcome run(long seed) {
    return new World(Scenario.of(seed), _ -> {}).run();
  }
}
