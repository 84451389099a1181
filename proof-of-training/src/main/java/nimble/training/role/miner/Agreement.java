package nimble.training.role.miner;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.training.role.evidence.RoundResult;
import nimble.types.Hash;

/// Which rounds' edges both sides saw alike (R8). Keeps rounds that do not count yet.
final class Agreement {
  private final boolean first;
  private final boolean last;
  private final SortedMap<Integer, RoundResult> own = new TreeMap<>();
  private final SortedMap<Integer, Hash> before = new TreeMap<>();
  private final SortedMap<Integer, Hash> after = new TreeMap<>();

  Agreement(boolean first, boolean last) {
    this.first = first;
    this.last = last;
  }

  void computed(RoundResult roots) {
    own.put(roots.round(), roots);
  }

  /// What the stage before calls its right root.
  void toldByStageBefore(int round, Hash root) {
    before.putIfAbsent(round, root);
  }

  /// What the stage after calls its left root.
  void toldByStageAfter(int round, Hash root) {
    after.putIfAbsent(round, root);
  }

  /// The round's roots once both neighbours have the same.
  Optional<RoundResult> agreed(int round) {
    return Optional.ofNullable(own.get(round))
        .filter(roots -> first || roots.left().equals(before.get(round)))
        .filter(roots -> last || roots.right().equals(after.get(round)));
  }

  boolean differsFromStageBefore(int round) {
    RoundResult roots = own.get(round);
    Hash told = before.get(round);
    return roots != null && told != null && !roots.left().equals(told);
  }

  boolean differsFromStageAfter(int round) {
    RoundResult roots = own.get(round);
    Hash told = after.get(round);
    return roots != null && told != null && !roots.right().equals(told);
  }

  void counted(int openRound) {
    own.headMap(openRound).clear();
    before.headMap(openRound).clear();
    after.headMap(openRound).clear();
  }
}
