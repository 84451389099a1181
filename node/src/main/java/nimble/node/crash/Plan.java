package nimble.node.crash;

import java.nio.file.Path;
import nimble.check.Invariant;

/// What a run is made of.
///
/// @param cycles of killing and starting again
/// @param home where the nodes' directories are made
/// @param mainClass of `nimble`
public record Plan(int validators, int cycles, long seed, Path home, String mainClass) {
  public static final int CYCLES_MAX = 100_000;

  /// From the start of a process to a node that is ready (K4).
  public static final long READY_MILLIS_MAX = 5_000;

  public Plan {
    Invariant.check(validators >= 4 && validators <= 20, "%d validators", validators);
    Invariant.check(cycles >= 1 && cycles <= CYCLES_MAX, "%d cycles", cycles);
  }

  /// The command that runs it.
  public String command() {
    return "scripts/crash --cycles %d --seed %d --validators %d"
        .formatted(cycles, seed, validators);
  }
}
