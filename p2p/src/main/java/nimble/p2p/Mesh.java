package nimble.p2p;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.check.Invariant;
import nimble.types.PublicKey;

/// Keeps connections to the peers that one wants for good: validators among themselves, static
/// peers. Dials whoever is missing, later and later, but never so late that a healed network waits
/// for it: the longest pause grows with the number of the missing. The one with the smaller key
/// dials first, so that two rarely dial at once.
public final class Mesh {
  public static final int PEERS_MAX = 1_024;
  private static final long SECOND_MILLIS = 300;
  private static final long BACKOFF_MILLIS = 500;
  private static final long BACKOFF_MILLIS_MAX = 30_000;
  private static final long BACKOFF_MILLIS_LEAST = 2_000;
  private static final long BACKOFF_MILLIS_EACH = 25;
  private static final long STABLE_MILLIS = 10_000;

  /// What happened.
  public sealed interface Input {}

  /// From now on these, and no others.
  public record Wanted(SortedMap<PublicKey, PeerAddress> peers) implements Input {}

  public record Connected(PublicKey peer) implements Input {}

  public record Disconnected(PublicKey peer) implements Input {}

  /// Time has passed.
  public record Ticked() implements Input {}

  private static final class Wish {
    private PeerAddress address;
    private boolean connected;
    private long connectedMillis;
    private long backoffMillis = BACKOFF_MILLIS;
    private long dialMillis;

    Wish(PeerAddress address, long dialMillis) {
      this.address = address;
      this.dialMillis = dialMillis;
    }
  }

  private final PublicKey self;
  private final TreeMap<PublicKey, Wish> wishes = new TreeMap<>();
  private final TreeMap<PublicKey, Long> present = new TreeMap<>();

  public Mesh(PublicKey self) {
    this.self = self;
  }

  /// Whom to dial now.
  public List<PeerAddress> step(Input input, long nowMillis) {
    switch (input) {
      case Wanted(SortedMap<PublicKey, PeerAddress> peers) -> want(peers, nowMillis);
      case Connected(PublicKey peer) -> {
        present.put(peer, nowMillis);
        Wish wish = wishes.get(peer);
        if (wish != null) {
          wish.connected = true;
          wish.connectedMillis = nowMillis;
        }
      }
      case Disconnected(PublicKey peer) -> {
        present.remove(peer);
        Wish wish = wishes.get(peer);
        if (wish != null) {
          lost(wish, nowMillis);
        }
      }
      case Ticked() -> {}
    }
    return due(nowMillis);
  }

  /// Those that are wanted and not there.
  public List<PublicKey> missing() {
    return wishes.entrySet().stream()
        .filter(wish -> !wish.getValue().connected)
        .map(Map.Entry::getKey)
        .toList();
  }

  private void want(SortedMap<PublicKey, PeerAddress> peers, long nowMillis) {
    Invariant.check(peers.size() <= PEERS_MAX, "%d peers wanted", peers.size());
    wishes.keySet().retainAll(peers.keySet());
    peers.forEach((peer, address) -> {
      if (peer.equals(self)) {
        return;
      }
      long first = self.compareTo(peer) < 0 ? nowMillis : nowMillis + SECOND_MILLIS;
      Wish wish = wishes.computeIfAbsent(peer, key -> new Wish(address, first));
      wish.address = address;
      wish.connected = present.containsKey(peer);
    });
  }

  private static void lost(Wish wish, long nowMillis) {
    if (nowMillis - wish.connectedMillis >= STABLE_MILLIS) {
      wish.backoffMillis = BACKOFF_MILLIS;
    }
    wish.connected = false;
    wish.dialMillis = Math.max(wish.dialMillis, nowMillis + wish.backoffMillis);
  }

  private List<PeerAddress> due(long nowMillis) {
    List<PeerAddress> dial = new ArrayList<>();
    long longest =
        Math.clamp(
            BACKOFF_MILLIS_EACH * missing().size(), BACKOFF_MILLIS_LEAST, BACKOFF_MILLIS_MAX);
    wishes.forEach((peer, wish) -> {
      if (!wish.connected && wish.dialMillis <= nowMillis) {
        dial.add(wish.address.withPeer(peer));
        wish.dialMillis = nowMillis + wish.backoffMillis;
        wish.backoffMillis = Math.min(longest, 2 * wish.backoffMillis);
      }
    });
    return dial;
  }
}
