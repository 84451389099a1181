package nimble.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.codec.Bytes;

/// A state that grows by random writes, version by version, beside plain maps of what it should
/// hold.
final class TreeWorld {
  private static final int KEYS = 60;

  private final SplittableRandom random;
  final List<SortedMap<Bytes, Bytes>> states = new ArrayList<>(List.of(new TreeMap<>()));
  final List<TreeRoot> roots = new ArrayList<>(List.of(TreeRoot.EMPTY));

  TreeWorld(SplittableRandom random) {
    this.random = random;
  }

  static Bytes key(int number) {
    return Bytes.utf8("account/" + number);
  }

  SortedMap<Bytes, Bytes> newest() {
    return states.getLast();
  }

  TreeRoot root() {
    return roots.getLast();
  }

  int version() {
    return roots.size();
  }

  /// Some new values, some deletions, some writes that change nothing.
  SortedMap<Bytes, Optional<Bytes>> writes() {
    SortedMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    boolean clear = random.nextInt(20) == 0;
    int count = clear ? KEYS : random.nextInt(12);
    for (int i = 0; i < count; i++) {
      Bytes key = key(clear ? i : random.nextInt(KEYS));
      boolean delete = clear || random.nextInt(3) == 0;
      writes.put(key, delete ? Optional.empty() : Optional.of(Bytes.ofU64(random.nextInt(4))));
    }
    return writes;
  }

  /// Makes a version out of writes.
  interface Step {
    Change update(long version, SortedMap<Bytes, Optional<Bytes>> writes);
  }

  /// The next version, over `nodes`.
  Change step(NodeSource nodes) {
    return step((version, writes) -> StateTree.update(nodes, root(), version, writes));
  }

  Change step(Step step) {
    SortedMap<Bytes, Optional<Bytes>> writes = writes();
    Change change = step.update(version(), writes);
    SortedMap<Bytes, Bytes> state = new TreeMap<>(newest());
    writes.forEach((key, value) ->
        value.ifPresentOrElse(present -> state.put(key, present), () -> state.remove(key)));
    states.add(state);
    roots.add(change.root());
    return change;
  }
}
