package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// The data sets of jobs whose stages this validator may audit: fetched once, kept while a job
/// needs them.
final class AuditorTexts {
  private static final long RETRY_MILLIS = 1_000;

  private final SortedMap<Hash, Bytes> here = new TreeMap<>();
  private final SortedSet<Hash> fetching = new TreeSet<>();
  private SortedSet<Hash> wanted = new TreeSet<>();

  /// Asks for those that are new, and forgets those that nobody needs any more.
  List<AuditorEffect> want(SortedSet<Hash> manifests) {
    wanted = manifests;
    here.keySet().retainAll(manifests);
    List<AuditorEffect> effects = new ArrayList<>();
    for (Hash manifest : manifests) {
      if (!here.containsKey(manifest) && fetching.add(manifest)) {
        effects.add(new AuditorEffect.FetchData(manifest));
      }
    }
    return effects;
  }

  Optional<Bytes> get(Hash manifest) {
    return Optional.ofNullable(here.get(manifest));
  }

  void fetched(Hash manifest, Bytes data) {
    if (fetching.remove(manifest) && wanted.contains(manifest)) {
      here.put(manifest, data);
    }
  }

  /// Until the timer has fired it counts as being fetched.
  AuditorEffect failed(Hash manifest) {
    return new AuditorEffect.StartDataTimer(manifest, RETRY_MILLIS);
  }

  void timerFired(Hash manifest) {
    fetching.remove(manifest);
  }
}
