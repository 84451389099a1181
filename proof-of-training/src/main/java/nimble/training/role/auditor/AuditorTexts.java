package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.role.AuditorEffect;
import nimble.types.Hash;

/// The data sets of jobs whose stages this validator may audit. They are fetched early, so that an
/// audit finds them in this node's store; in memory are those that an audit in work needs, and a
/// few more.
final class AuditorTexts {
  /// What stays in memory though no audit needs it at the moment.
  static final long SPARE_BYTES_MAX = 64L << 20;

  private static final long RETRY_MILLIS = 1_000;

  private final SortedMap<Hash, ByteSource> here = new TreeMap<>();
  private final SortedSet<Hash> stored = new TreeSet<>();
  private final SortedSet<Hash> fetching = new TreeSet<>();
  private final SortedSet<Hash> timing = new TreeSet<>();
  private SortedSet<Hash> needed = new TreeSet<>();

  /// Asks for those that are new, and forgets those of which nothing is wanted any more.
  ///
  /// @param likely those of stages that may be audited
  /// @param now those of audits in work
  List<AuditorEffect> want(SortedSet<Hash> likely, SortedSet<Hash> now) {
    needed = now;
    SortedSet<Hash> all = new TreeSet<>(likely);
    all.addAll(now);
    stored.retainAll(all);
    here.keySet().retainAll(all);
    spare();
    List<AuditorEffect> effects = new ArrayList<>();
    for (Hash manifest : all) {
      boolean wanted =
          now.contains(manifest) ? !here.containsKey(manifest) : !stored.contains(manifest);
      if (wanted && fetching.add(manifest)) {
        effects.add(new AuditorEffect.FetchData(manifest));
      }
    }
    return effects;
  }

  Optional<ByteSource> get(Hash manifest) {
    return Optional.ofNullable(here.get(manifest));
  }

  void fetched(Hash manifest, ByteSource data) {
    if (fetching.remove(manifest)) {
      stored.add(manifest);
      here.put(manifest, data);
      spare();
    }
  }

  /// Until the timer has fired it counts as being fetched. One for all stages that asked for it.
  Optional<AuditorEffect> failed(Hash manifest) {
    return timing.add(manifest)
        ? Optional.of(new AuditorEffect.StartDataTimer(manifest, RETRY_MILLIS))
        : Optional.empty();
  }

  void timerFired(Hash manifest) {
    timing.remove(manifest);
    fetching.remove(manifest);
  }

  private void spare() {
    long bytes = 0;
    for (Hash manifest : List.copyOf(here.keySet())) {
      if (!needed.contains(manifest)) {
        // What is read from the disk takes no memory.
        bytes += here.get(manifest) instanceof Bytes inMemory ? inMemory.size() : 0;
        if (bytes > SPARE_BYTES_MAX) {
          here.remove(manifest);
        }
      }
    }
  }
}
