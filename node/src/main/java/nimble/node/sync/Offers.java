package nimble.node.sync;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Which peer says that it has which snapshot, and what of that is proven.
final class Offers {
  record Offer(PublicKey peer, Snapshot snapshot) {
    long epoch() {
      return snapshot.header().epoch();
    }
  }

  private final TreeMap<PublicKey, List<Snapshot>> offers = new TreeMap<>();
  private final TreeMap<PublicKey, List<Snapshot>> proven = new TreeMap<>();
  private final TreeSet<Hash> withheld = new TreeSet<>();

  /// What was proven stays so.
  void put(PublicKey peer, List<Snapshot> snapshots) {
    offers.put(peer, List.copyOf(snapshots));
    List<Snapshot> before = proven.getOrDefault(peer, List.of());
    proven.put(peer, new ArrayList<>(snapshots.stream().filter(before::contains).toList()));
  }

  void remove(PublicKey peer) {
    offers.remove(peer);
    proven.remove(peer);
  }

  void prove(Offer offer) {
    proven.computeIfAbsent(offer.peer(), _ -> new ArrayList<>()).add(offer.snapshot());
  }

  /// What is still to be proven, the newest first.
  List<Offer> open() {
    List<Offer> open = new ArrayList<>();
    for (Map.Entry<PublicKey, List<Snapshot>> entry : offers.entrySet()) {
      List<Snapshot> done = proven.getOrDefault(entry.getKey(), List.of());
      entry.getValue().stream()
          .filter(it -> !done.contains(it))
          .forEach(it -> open.add(new Offer(entry.getKey(), it)));
    }
    open.sort(Comparator.comparingLong((Offer it) -> it.snapshot().height()).reversed());
    return open;
  }

  List<Offer> open(PublicKey peer) {
    return open().stream().filter(it -> it.peer().equals(peer)).toList();
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

  /// The newest that is proven.
  Optional<Snapshot> candidate() {
    return proven.values().stream()
        .flatMap(List::stream)
        .filter(it -> !isWithheld(it))
        .max(Comparator.comparingLong(Snapshot::height));
  }
}
