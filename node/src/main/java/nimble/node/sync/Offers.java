package nimble.node.sync;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Which peer has which snapshot; all of them are proven.
final class Offers {
  private final TreeMap<PublicKey, List<Snapshot>> offers = new TreeMap<>();
  private final TreeSet<Hash> withheld = new TreeSet<>();

  void put(PublicKey peer, List<Snapshot> snapshots) {
    offers.put(peer, List.copyOf(snapshots));
  }

  void remove(PublicKey peer) {
    offers.remove(peer);
  }

  boolean has(PublicKey peer, Snapshot wanted) {
    return offers.getOrDefault(peer, List.of()).stream()
        .anyMatch(it -> it.header().equals(wanted.header()));
  }

  boolean hasAny(SortedSet<PublicKey> peers, Snapshot wanted) {
    return peers.stream().anyMatch(peer -> has(peer, wanted));
  }

  boolean isEmpty() {
    return offers.values().stream().allMatch(List::isEmpty);
  }

  /// Nobody sends it, whatever they say: others come first, until there are none (S8).
  void withhold(Snapshot snapshot) {
    withheld.add(snapshot.header().digest());
    if (candidate().isEmpty()) {
      withheld.clear();
    }
  }

  boolean isWithheld(Snapshot snapshot) {
    return withheld.contains(snapshot.header().digest());
  }

  /// The newest.
  Optional<Snapshot> candidate() {
    return offers.values().stream()
        .flatMap(List::stream)
        .filter(it -> !isWithheld(it))
        .max(Comparator.comparingLong(Snapshot::height));
  }
}
