package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import nimble.chain.Call;
import nimble.chain.WorkCall;
import nimble.sim.Seeds;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

/// Random sequences of all calls there are, sensible ones, nearly sensible ones and mad ones, entry
/// by entry on the real ledger with the real job rules ([AnybodysBlock]): no nim-unit appears or
/// vanishes in any block (L1), what is refused leaves no trace, what is rejected costs its fee and
/// nothing else (L2, L3), and equal runs end in equal states.
///
/// `-Dsequences=N` runs more of them.
final class AllCallsTest {
  private static final int BLOCKS = 120;
  private static final int SEQUENCES = Integer.getInteger("sequences", 16);

  /// Of each kind over [#SEQUENCES]: a property that never meets a case proves nothing about it.
  private static final int TAKEN_MIN = 1;

  private static final int REFUSED_MIN = 3;

  @Test
  void l1EveryCallKeepsTheSupplyAndRefusalsLeaveNoTrace() {
    TreeMap<String, Integer> taken = new TreeMap<>();
    TreeMap<String, Integer> refused = new TreeMap<>();
    Seeds.forEach(SEQUENCES, random -> run(random, taken, refused));
    System.out.printf("%d sequences of %d blocks%n", SEQUENCES, BLOCKS);
    if (Long.getLong("seed") != null) {
      return;
    }
    for (String kind : kinds()) {
      System.out.printf(
          "%-18s %7d taken %7d not%n", kind, count(taken, kind), count(refused, kind));
    }
    for (String kind : kinds()) {
      assertTrue(count(taken, kind) >= TAKEN_MIN, () -> kind + " hardly ever taken");
      assertTrue(count(refused, kind) >= REFUSED_MIN, () -> kind + " hardly ever refused");
    }
  }

  /// One in which a stage committed to a round before it showed a class again (J31).
  @Test
  void equalRunsEndInEqualStates() {
    long seed = 2042;
    Hash first = run(new SplittableRandom(seed), new TreeMap<>(), new TreeMap<>());
    assertEquals(first, run(new SplittableRandom(seed), new TreeMap<>(), new TreeMap<>()));
  }

  private static Hash run(
      SplittableRandom random, Map<String, Integer> taken, Map<String, Integer> refused) {
    Anybody anybody = new Anybody(random);
    for (int i = 0; i < BLOCKS; i++) {
      new AnybodysBlock(anybody, taken, refused).run();
    }
    return anybody.root();
  }

  private static int count(Map<String, Integer> counts, String kind) {
    return counts.getOrDefault(kind, 0);
  }

  /// Every record that is a call: a new one has to be made by [Anybody], too.
  private static List<String> kinds() {
    List<String> names = new ArrayList<>();
    Stream.of(Call.class, WorkCall.class).forEach(type -> addKinds(type, names));
    return names;
  }

  private static void addKinds(Class<?> type, List<String> names) {
    if (type.isRecord()) {
      names.add(type.getSimpleName());
    } else {
      Arrays.stream(type.getPermittedSubclasses()).forEach(kind -> addKinds(kind, names));
    }
  }
}
