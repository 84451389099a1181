package nimble.node.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

final class SteadyClockTest {
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;

  private long nanos;
  private long machine = START;
  private final SteadyClock clock = new SteadyClock(() -> machine, () -> nanos);

  private void pass(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    machine += millis;
  }

  @Test
  void o3AClockThatIsSetBackGoesOnAtHalfItsPace() {
    pass(1_000);
    assertEquals(START + 1_000, clock.millis());
    machine -= HOUR;
    assertEquals(START + 1_000, clock.millis());
    for (int i = 0; i < 10_000; i++) {
      pass(1);
      clock.millis();
    }
    assertEquals(START + 6_000, clock.millis(), "however often it is asked");
    pass(2 * HOUR - 10_000);
    assertEquals(machine, clock.millis(), "caught up");
    pass(77);
    assertEquals(machine, clock.millis());
  }

  @Test
  void o3AClockThatIsSetForwardIsFollowed() {
    machine += HOUR;
    assertEquals(START + HOUR, clock.millis());
  }

  @Test
  void o3TimeNeverGoesBack() {
    Seeds.forEach(
        50,
        random -> {
          long before = clock.millis();
          for (int i = 0; i < 200; i++) {
            pass(random.nextLong(3_000));
            machine += random.nextInt(4) == 0 ? random.nextLong(-20_000, 20_000) : 0;
            long now = clock.millis();
            assertTrue(now >= before && now >= machine, "%d after %d".formatted(now, before));
            before = now;
          }
        });
  }
}
