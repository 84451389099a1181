package nimble.p2p.netty;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// Who the peers are. Only the loop adds and removes; any thread reads, for each change puts
/// another map in place of the one before, and none is changed.
final class Roster {
  private volatile NavigableMap<PublicKey, Peer> peers = Collections.emptyNavigableMap();

  @Nullable Peer get(PublicKey id) {
    return peers.get(id);
  }

  boolean has(PublicKey id) {
    return peers.containsKey(id);
  }

  /// As they are now: what comes and goes later changes nothing of it.
  SortedSet<PublicKey> ids() {
    return peers.navigableKeySet();
  }

  /// As they are now.
  Collection<Peer> all() {
    return peers.values();
  }

  void add(Peer peer) {
    change(those -> those.put(peer.id(), peer));
  }

  /// Nothing where another connection has made the same node a peer again.
  void remove(Peer peer) {
    change(those -> those.remove(peer.id(), peer));
  }

  private void change(Consumer<Map<PublicKey, Peer>> how) {
    NavigableMap<PublicKey, Peer> next = new TreeMap<>(peers);
    how.accept(next);
    peers = Collections.unmodifiableNavigableMap(next);
  }
}
