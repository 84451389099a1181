package nimble.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import nimble.check.Invariant;
import nimble.consensus.Guards.Condition;
import nimble.consensus.Trace.Step;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What the Quint model does (`src/main/quint`), the engine does: after every input of a trace,
/// both have signed, seen, certified and finalized the same, in the same view. The traces are made
/// by `scripts/quint`.
final class TraceTest {
  private static final int TRACES = 16;

  /// As in the model: validator 0 is the Byzantine one and has no engine here.
  private static final List<Long> WEIGHTS = List.of(4L, 3L, 3L, 3L);

  private static final List<Integer> LEADERS = List.of(1, 0, 2, 0, 3, 1);

  private static final List<Trace> ALL =
      IntStream.rangeClosed(1, TRACES)
          .mapToObj("%02d.itf.json"::formatted)
          .map(Trace::read)
          .toList();

  static List<Trace> traces() {
    return ALL;
  }

  @ParameterizedTest
  @MethodSource("traces")
  void theEngineDoesWhatTheModelDoes(Trace trace) {
    replay(trace, Guards.ALL);
  }

  /// The replay notices whatever is left out of a trace.
  @ParameterizedTest
  @MethodSource("traces")
  void theEngineDoesNotDoWhatAnotherModelDoes(Trace trace) {
    List<Step> steps = trace.steps();
    int forged = 0;
    for (int i = WEIGHTS.size() - 1; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (!step.after().equals(before(steps, i))) {
        List<Step> without = new ArrayList<>(steps);
        without.set(i, new Step(step.validator(), "Lost", Optional.empty(), step.after()));
        Trace forgery = new Trace(trace.name(), without);
        assertThrows(AssertionError.class, () -> replay(forgery, Guards.ALL), step.toString());
        forged++;
      }
    }
    assertTrue(forged > 10, trace.name());
  }

  private static Knowledge before(List<Step> steps, int index) {
    int validator = steps.get(index).validator();
    return steps.subList(0, index).reversed().stream()
        .filter(step -> step.validator() == validator)
        .findFirst()
        .orElseThrow()
        .after();
  }

  /// Some trace needs every safety condition that the model knows.
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "R11_LAST_AGAIN")
  void anEngineWithoutARuleDoesSomethingElse(Condition dropped) {
    Guards guards = new Guards(Optional.of(dropped));
    assertTrue(
        ALL.stream().anyMatch(trace -> differs(trace, guards)),
        "no trace notices that " + dropped + " is missing");
  }

  private static boolean differs(Trace trace, Guards guards) {
    try {
      replay(trace, guards);
      return false;
    } catch (AssertionError | Invariant.BrokenInvariant difference) {
      return true;
    }
  }

  private static void replay(Trace trace, Guards guards) {
    Map<Integer, Puppet> puppets = new LinkedHashMap<>();
    for (int i = 0; i < trace.steps().size(); i++) {
      Step step = trace.steps().get(i);
      Puppet puppet =
          puppets.computeIfAbsent(step.validator(), validator -> puppet(validator, guards));
      play(step, puppet);
      assertEquals(step.after(), puppet.knowledge(), "%s, step %d, %s".formatted(trace, i, step));
    }
  }

  private static Puppet puppet(int validator, Guards guards) {
    Committee committee =
        new Committee(Trace.EPOCH, WEIGHTS, validator, view -> LEADERS.get((int) view - 1));
    return new Puppet(committee, Trace.digest("genesis"), guards);
  }

  private static void play(Step step, Puppet puppet) {
    switch (step.event()) {
      case "Restarted" -> puppet.restart();
      case "Replaced" -> puppet.replace();
      default -> step.input().ifPresent(puppet::step);
    }
    // The network repeats itself.
    step.input().filter(Input.Voted.class::isInstance).ifPresent(puppet::step);
  }
}
