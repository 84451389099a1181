package nimble.p2p.book;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import nimble.p2p.PeerAddress;

/// A table of the book: places in buckets, each place for one address.
final class Buckets {
  /// A place.
  record Slot(int bucket, int position) {}

  private final TreeMap<Integer, TreeMap<Integer, PeerAddress>> filled = new TreeMap<>();
  private int size;

  Optional<PeerAddress> at(Slot slot) {
    TreeMap<Integer, PeerAddress> bucket = filled.get(slot.bucket());
    return bucket == null ? Optional.empty() : Optional.ofNullable(bucket.get(slot.position()));
  }

  void put(Slot slot, PeerAddress address) {
    TreeMap<Integer, PeerAddress> bucket =
        filled.computeIfAbsent(slot.bucket(), key -> new TreeMap<>());
    size += bucket.put(slot.position(), address) == null ? 1 : 0;
  }

  void clear(Slot slot) {
    TreeMap<Integer, PeerAddress> bucket = filled.get(slot.bucket());
    if (bucket != null && bucket.remove(slot.position()) != null) {
      size--;
      if (bucket.isEmpty()) {
        filled.remove(slot.bucket());
      }
    }
  }

  int size() {
    return size;
  }

  /// An address of some bucket: every bucket that holds anything is as likely as any other (B4).
  Optional<PeerAddress> draw(Draws draws) {
    if (size == 0) {
      return Optional.empty();
    }
    List<Integer> numbers = new ArrayList<>(filled.keySet());
    List<PeerAddress> bucket =
        filled
            .getOrDefault(numbers.get(draws.below(numbers.size())), new TreeMap<>())
            .values()
            .stream()
            .toList();
    return Optional.of(bucket.get(draws.below(bucket.size())));
  }
}
