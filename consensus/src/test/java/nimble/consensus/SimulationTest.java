package nimble.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.consensus.sim.Fault;
import nimble.consensus.sim.Setup;
import nimble.consensus.sim.World;
import org.junit.jupiter.api.Test;

/// Whole engines in a hostile world: safe at every event, and alive once the network heals.
/// `-Dseed=N` replays one seed.
final class SimulationTest {
  private static final int SEEDS = 30;

  @Test
  void everySeedIsSafeLiveAndRepeatable() {
    long only = Long.getLong("seed", -1);
    for (long seed = Math.max(only, 0); seed < (only < 0 ? SEEDS : only + 1); seed++) {
      assertEquals(run(Setup.of(seed)), run(Setup.of(seed)), "seed " + seed + " differs");
    }
  }

  @Test
  void everyFaultAloneIsTolerated() {
    for (Fault fault : Fault.values()) {
      run(Setup.of(SEEDS, List.of(fault)));
    }
  }

  @Test
  void manyCrashesAreTolerated() {
    for (long seed = 0; seed < 10; seed++) {
      run(Setup.of(seed).withCrashes(200));
    }
  }

  @Test
  void aQuietWorldFinalizesEveryView() {
    Setup chaos = Setup.of(2, List.of());
    World world =
        new World(new Setup(2, chaos.weights(), chaos.faults(), 0, 0, 0, 2_000), Engine::new);
    world.run();
    assertEquals(0, world.viewsSkipped(), world.trace());
    assertTrue(world.epochs() > 2, world.trace());
  }

  private static String run(Setup setup) {
    World world = new World(setup, Engine::new);
    try {
      world.run();
    } catch (AssertionError failure) {
      world.recent().forEach(System.err::println);
      throw new AssertionError(setup + ": " + failure.getMessage(), failure);
    }
    return world.trace();
  }
}
