package nimble.p2p.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.p2p.Duel;
import nimble.p2p.PeerAddress;
import nimble.p2p.Penalty;
import nimble.p2p.book.Discovery;
import nimble.p2p.book.Move;
import nimble.p2p.relay.Word.Outcome;
import nimble.types.PublicKey;

/// For whom this node relays (rule R2).
final class Guests {
  static final long ASK_MILLIS = 10_000;
  static final long TEST_MILLIS = 30_000;

  private record Test(PeerAddress address, long sinceMillis) {}

  private final int guestsMax;
  private final TreeSet<PublicKey> guests = new TreeSet<>();
  private final TreeMap<PublicKey, Test> tests = new TreeMap<>();
  private final TreeMap<PublicKey, Long> askedMillis = new TreeMap<>();

  Guests(int guestsMax) {
    this.guestsMax = guestsMax;
  }

  SortedSet<PublicKey> all() {
    return guests;
  }

  /// @param there how the asker is connected
  /// @param hidden whether this node needs relays itself
  void asked(Discovery.Met there, boolean anyway, boolean hidden, long now, List<Move> moves) {
    PublicKey peer = there.peer();
    Long before = askedMillis.put(peer, now);
    if (before != null && now - before < ASK_MILLIS) {
      moves.add(new Move.Blame(peer, Penalty.SMALL, "asks to be relayed for all the time"));
      return;
    }
    Optional<PeerAddress> listen =
        there.listen().filter(it -> !anyway && it.host().equals(there.remote().host()));
    if (there.outbound()) {
      answer(peer, Outcome.REACHABLE, "dialled it at " + there.remote().anyone(), moves);
    } else if (there.remote().via().isPresent()) {
      answer(peer, Outcome.REFUSED, "is reached through a relay itself", moves);
    } else if (listen.isPresent()) {
      PeerAddress at = listen.get().anyone().withPeer(peer);
      tests.put(peer, new Test(at, now));
      moves.add(new Move.Test(at));
    } else {
      take(peer, hidden, moves);
    }
  }

  private void take(PublicKey peer, boolean hidden, List<Move> moves) {
    if (hidden) {
      answer(peer, Outcome.REFUSED, "is behind a router as well", moves);
    } else if (guests.size() >= guestsMax && !guests.contains(peer)) {
      answer(peer, Outcome.REFUSED, "relays for no more than %d".formatted(guestsMax), moves);
    } else {
      guests.add(peer);
      answer(peer, Outcome.AGREED, "", moves);
    }
  }

  private static void answer(PublicKey peer, Outcome outcome, String why, List<Move> moves) {
    moves.add(new Move.Tell(peer, new Word.Answer(outcome, why).message()));
  }

  /// A dial of this node's has ended.
  void tested(PeerAddress address, String reason, boolean hidden, List<Move> moves) {
    Optional<PublicKey> peer =
        address
            .peer()
            .filter(it -> tests.containsKey(it) && address.equals(tests.get(it).address()));
    peer.ifPresent(it -> {
      tests.remove(it);
      if (reason.equals(Duel.DUPLICATE)) {
        guests.remove(it);
        answer(it, Outcome.REACHABLE, "dialled it at " + address.anyone(), moves);
      } else {
        take(it, hidden, moves);
      }
    });
  }

  void ticked(boolean hidden, long now, List<Move> moves) {
    for (Map.Entry<PublicKey, Test> test : new ArrayList<>(tests.entrySet())) {
      if (now - test.getValue().sinceMillis() >= TEST_MILLIS) {
        tests.remove(test.getKey());
        take(test.getKey(), hidden, moves);
      }
    }
  }

  void parted(PublicKey peer) {
    guests.remove(peer);
    tests.remove(peer);
    askedMillis.remove(peer);
  }
}
