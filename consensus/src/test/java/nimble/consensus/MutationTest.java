package nimble.consensus;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Optional;
import nimble.consensus.Guards.Condition;
import nimble.consensus.sim.Fault;
import nimble.consensus.sim.Setup;
import nimble.consensus.sim.World;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every condition on which safety rests is needed: without it, some seed breaks an invariant.
final class MutationTest {
  private static final int SEEDS = 200;

  @ParameterizedTest
  @EnumSource
  void withoutThisConditionSomeSeedFails(Condition dropped) {
    Guards guards = new Guards(Optional.of(dropped));
    for (long seed = 0; seed < SEEDS; seed++) {
      World world =
          new World(
              Setup.of(seed, enemies(dropped)).withCrashes(crashes(dropped)),
              (committee, timing, genesis) -> new Engine(committee, timing, genesis, guards));
      Optional<String> failure = run(world);
      if (failure.isPresent()) {
        return;
      }
    }
    fail("no seed below " + SEEDS + " notices that " + dropped + " is missing");
  }

  /// Who is likely to make use of the gap.
  private static List<Fault> enemies(Condition dropped) {
    return switch (dropped) {
      case R2_LEADER_SIGNED -> List.of(Fault.USURPER);
      case R2_PAYLOAD_VERIFIED -> List.of(Fault.COUNTERFEITER);
      case R2_PARENT_NOT_BELOW_FINAL, R2_GAP_NULLIFIED, R11_LAST_AGAIN -> List.of(Fault.FORKER);
      case R2_PARENT_CERTIFIED -> List.of(Fault.FORKER, Fault.EQUIVOCATOR);
      case R2_FIRST_NOTARIZE, R4_NOTARIZED, R4_NO_EQUIVOCATION, QUORUM ->
          List.of(Fault.EQUIVOCATOR, Fault.SPLITTER);
      case FLOOR -> List.of(Fault.AMNESIAC);
      case R2_NOT_NULLIFIED,
          R4_CERTIFIED,
          R4_NOT_NULLIFIED,
          R5_CURRENT_VIEW,
          R5_NOT_FINALIZED,
          R9_CERTIFIED_TO_ENTER,
          DURABLE_FIRST ->
          List.of(Fault.values());
    };
  }

  /// What matters after a restart only needs many.
  private static int crashes(Condition dropped) {
    return switch (dropped) {
      case R2_FIRST_NOTARIZE, R5_NOT_FINALIZED -> 200;
      default -> 5;
    };
  }

  private static Optional<String> run(World world) {
    try {
      world.runChaos();
      return Optional.empty();
    } catch (AssertionError failure) {
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.startsWith("seed "), message);
      return Optional.of(message);
    }
  }
}
