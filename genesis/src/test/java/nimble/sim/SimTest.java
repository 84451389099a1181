package nimble.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimTest {
  private final List<String> seen = new ArrayList<>();

  @Test
  void eventsHappenInOrderOfTimeThenOfCall() {
    Sim sim = new Sim(1);
    sim.after(20, () -> seen.add("late"));
    sim.after(10, () -> seen.add("first"));
    sim.after(10, () -> seen.add("second"));
    sim.runUntil(() -> seen.size() == 3);
    assertEquals(List.of("first", "second", "late"), seen);
    assertEquals(20, sim.nowMillis());
  }

  @Test
  void aCancelledEventDoesNotHappenAndTakesNoTime() {
    Sim sim = new Sim(1);
    Sim.Event cancelled = sim.after(5, () -> seen.add("cancelled"));
    cancelled.cancel();
    sim.after(10, () -> seen.add("kept"));
    sim.runUntil(() -> !seen.isEmpty());
    assertEquals(List.of("kept"), seen);
  }

  @Test
  void everyFailureNamesTheSeed() {
    Sim astray = new Sim(7, 100);
    forever(astray);
    Sim broken = new Sim(7);
    broken.invariant(() -> assertEquals(1, 2));
    broken.after(1, () -> {});
    for (Sim sim : List.of(astray, broken, new Sim(7))) {
      AssertionError error = assertThrows(AssertionError.class, () -> sim.runUntil(() -> false));
      assertTrue(String.valueOf(error.getMessage()).startsWith("seed 7"), error.getMessage());
    }
  }

  private static void forever(Sim sim) {
    sim.after(1, () -> forever(sim));
  }
}
