package nimble.node.sim.village;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nimble.training.JobState;
import org.junit.jupiter.api.Test;

/// Adversaries alone and in pairs: the package's rules hold in every trial, or it throws and says
/// how to see it again.
final class VillageTest {
  private static final int SEEDS = 50;

  @Test
  void x4EveryActorIsCaughtOrGainsNothing() {
    Set<Actor> seen = EnumSet.noneOf(Actor.class);
    Map<Actor, Long> fees = new EnumMap<>(Actor.class);
    for (long seed = 0; seed < SEEDS; seed++) {
      Ruling ruling = Trial.run(seed);
      seen.addAll(ruling.actors());
      assertTrue(ruling.rules().keySet().containsAll(ruling.actors()));
      ruling.fees().forEach((actor, sum) -> fees.merge(actor, sum, Long::sum));
    }
    fees.remove(Actor.OUTAGE_OF_AN_HOUR);
    fees.remove(Actor.FALSE_ACCUSER); // Paid where the work is false indeed.
    fees.forEach((actor, sum) -> assertTrue(sum < 0, () -> actor + " gains " + sum));
    assertEquals(EnumSet.allOf(Actor.class), seen);
  }

  @Test
  void x3NobodyIsTouchedWhereNobodyDeviates() {
    Ruling ruling = Trial.run(1, List.of());
    assertEquals(JobState.COMPLETED, ruling.job().state());
    assertEquals(ruling.job().audits().verdicts(), ruling.job().audits().upheld());
    assertEquals(0, ruling.job().progress().failures());
  }

  @Test
  void x1EqualSeedsGiveEqualRuns() {
    assertEquals(Trial.run(4), Trial.run(4));
  }
}
