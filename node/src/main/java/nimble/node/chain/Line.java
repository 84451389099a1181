package nimble.node.chain;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import nimble.types.PublicKey;

/// What peers wait with: taken peer after peer, of each in order. What does not fit is dropped.
final class Line<T> {
  private record Item<T>(T value, long bytes) {}

  private static final class Place<T> {
    private final Deque<Item<T>> items = new ArrayDeque<>();
    private long bytes;
  }

  private final int perPeerMax;
  private final long bytesMax;
  private final SequencedMap<PublicKey, Place<T>> places = new LinkedHashMap<>();
  private long bytes;

  /// @param bytesMax of all peers together, of which none takes more than is left for the others
  Line(int perPeerMax, long bytesMax) {
    this.perPeerMax = perPeerMax;
    this.bytesMax = bytesMax;
  }

  /// @param size the bytes that `item` keeps in memory
  void add(PublicKey peer, T item, long size) {
    Place<T> place = places.get(peer);
    long held = place == null ? 0 : place.bytes;
    int waiting = place == null ? 0 : place.items.size();
    // What is left then, not what is left now: or the last to come would leave nothing.
    if (held + size > bytesMax - bytes - size || waiting >= perPeerMax) {
      return;
    }
    if (place == null) {
      place = new Place<>();
      places.put(peer, place);
    }
    place.items.add(new Item<>(item, size));
    place.bytes += size;
    bytes += size;
  }

  /// Takes the oldest of a peer, which then is behind all others.
  Optional<Map.Entry<PublicKey, T>> next() {
    Map.Entry<PublicKey, Place<T>> first = places.pollFirstEntry();
    if (first == null) {
      return Optional.empty();
    }
    Place<T> place = first.getValue();
    Item<T> item = place.items.remove();
    place.bytes -= item.bytes();
    bytes -= item.bytes();
    if (!place.items.isEmpty()) {
      places.putLast(first.getKey(), place);
    }
    return Optional.of(Map.entry(first.getKey(), item.value()));
  }

  void gone(PublicKey peer) {
    Place<T> left = places.remove(peer);
    if (left != null) {
      bytes -= left.bytes;
    }
  }

  boolean isEmpty() {
    return places.isEmpty();
  }
}
