package nimble.p2p.relay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import nimble.p2p.Duel;
import nimble.p2p.NetworkGroup;
import nimble.p2p.PeerAddress;
import nimble.p2p.RelayPolicy.Mode;
import nimble.p2p.Text;
import nimble.p2p.book.Discovery;
import nimble.p2p.book.Move;
import nimble.types.PublicKey;

/// Finds out whether this node can be dialled, and keeps enough relays when it cannot (rules R1,
/// R3, R4).
final class OwnRelays {
  static final int TARGET = 3;
  static final long SETTLE_MILLIS = 2_000;
  static final long ANSWER_MILLIS = 30_000;
  static final long TEST_MILLIS = 60_000;
  static final long TESTED_MILLIS = 20_000;
  static final long AGAIN_MILLIS = 60_000;
  static final long STILL_PUBLIC_MILLIS = 600_000;

  /// How far it has come with one relay.
  private enum Stage {
    ASKED,
    TESTING,
    WORKS
  }

  private record Relay(Stage stage, long sinceMillis, boolean worked) {}

  /// A peer that could relay.
  private record Candidate(PeerAddress address, long dueMillis) {}

  private final PublicKey self;
  private final Mode mode;
  private final TreeMap<PublicKey, Candidate> candidates = new TreeMap<>();
  private final TreeMap<PublicKey, Relay> relays = new TreeMap<>();
  private boolean hidden;
  private String why = "no peer was asked yet";
  private long publicMillis;

  OwnRelays(PublicKey self, Mode mode) {
    this.self = self;
    this.mode = mode;
    if (mode == Mode.ALWAYS) {
      hidden = true;
      why = "its operator says that it cannot be dialled";
    } else if (mode == Mode.NEVER) {
      why = "it asks nobody: p2p.relay is never";
    }
  }

  Reach reach() {
    List<PeerAddress> working = working();
    if (hidden) {
      return new Reach(
          working.isEmpty() ? Reach.State.UNREACHABLE : Reach.State.RELAYED, why, working);
    }
    return new Reach(publicMillis == 0 ? Reach.State.UNKNOWN : Reach.State.PUBLIC, why, List.of());
  }

  boolean isHidden() {
    return hidden;
  }

  /// Whether time will bring something: an answer, or somebody more to ask.
  boolean isSeeking() {
    boolean enough =
        hidden ? relays.size() >= Math.min(TARGET, candidates.size()) : publicMillis > 0;
    boolean waits = relays.values().stream().anyMatch(it -> it.stage() != Stage.WORKS);
    return mode != Mode.NEVER && !candidates.isEmpty() && (waits || !enough);
  }

  /// Whose calls are answered: those that agreed.
  SortedSet<PublicKey> through() {
    TreeSet<PublicKey> agreed = new TreeSet<>();
    relays.forEach((key, relay) -> {
      if (relay.stage() != Stage.ASKED) {
        agreed.add(key);
      }
    });
    return agreed;
  }

  /// A relay that worked counts while it is looked at again.
  List<PeerAddress> working() {
    List<PeerAddress> working = new ArrayList<>();
    relays.forEach((key, relay) -> {
      Candidate candidate = candidates.get(key);
      if (relay.worked() && candidate != null) {
        working.add(candidate.address());
      }
    });
    return working;
  }

  void met(Discovery.Met met, long nowMillis) {
    if (met.remote().via().isPresent()) {
      return;
    }
    if (!met.outbound()) {
      if (!hidden && NetworkGroup.of(met.remote()).filter(it -> !it.local()).isPresent()) {
        isPublic("node %s dialled it".formatted(Text.brief(met.peer())), nowMillis);
      }
      return;
    }
    // Who was dialled by name says where it listens as a written address, unless it says a name.
    Stream.of(Optional.of(met.remote()), met.listen())
        .flatMap(Optional::stream)
        .filter(it -> NetworkGroup.of(it).isPresent())
        .findFirst()
        .map(it -> it.anyone().withPeer(met.peer()))
        .ifPresent(it -> candidates.put(met.peer(), new Candidate(it, nowMillis + SETTLE_MILLIS)));
  }

  private void isPublic(String how, long nowMillis) {
    if (mode == Mode.AUTO) {
      why = how;
      publicMillis = nowMillis;
    }
  }

  void parted(PublicKey peer) {
    candidates.remove(peer);
    relays.remove(peer);
  }

  void answered(PublicKey peer, Word.Answer answer, long nowMillis, List<Move> moves) {
    Relay relay = relays.get(peer);
    Candidate candidate = candidates.get(peer);
    if (relay == null || relay.stage() != Stage.ASKED || candidate == null) {
      return;
    }
    switch (answer.outcome()) {
      case AGREED -> {
        if (!hidden) {
          hidden = true;
          why = "node %s could not dial it".formatted(Text.brief(peer));
        }
        look(candidate.address(), peer, false, nowMillis, moves);
      }
      case REACHABLE -> {
        later(peer, STILL_PUBLIC_MILLIS, nowMillis);
        if (through().isEmpty()) {
          hidden = false;
          isPublic("node %s %s".formatted(Text.brief(peer), answer.why()), nowMillis);
        }
      }
      case REFUSED -> later(peer, AGAIN_MILLIS, nowMillis);
    }
  }

  /// R4.
  private void look(
      PeerAddress relay, PublicKey peer, boolean worked, long nowMillis, List<Move> moves) {
    relays.put(peer, new Relay(Stage.TESTING, nowMillis, worked));
    moves.add(new Move.Test(relay.reaching(self)));
  }

  private void later(PublicKey peer, long pauseMillis, long nowMillis) {
    relays.remove(peer);
    candidates.computeIfPresent(
        peer, (_, it) -> new Candidate(it.address(), nowMillis + pauseMillis));
  }

  /// A dial of this node's to itself has ended.
  void tested(PeerAddress way, String reason, long nowMillis, List<Move> moves) {
    Optional<PublicKey> key = way.via().filter(_ -> way.peer().equals(Optional.of(self)));
    if (key.isEmpty() || !relays.containsKey(key.get())) {
      return;
    }
    if (reason.equals(Duel.SELF)) {
      relays.put(key.get(), new Relay(Stage.WORKS, nowMillis, true));
    } else {
      leave(key.get(), reason, nowMillis, moves);
    }
  }

  private void leave(PublicKey peer, String reason, long nowMillis, List<Move> moves) {
    later(peer, AGAIN_MILLIS, nowMillis);
    moves.add(new Move.Leave(peer, "as a relay it does not work: " + reason));
  }

  void ticked(long nowMillis, List<Move> moves) {
    for (Map.Entry<PublicKey, Relay> entry : List.copyOf(relays.entrySet())) {
      long age = nowMillis - entry.getValue().sinceMillis();
      PublicKey peer = entry.getKey();
      Candidate candidate = candidates.get(peer);
      switch (entry.getValue().stage()) {
        case ASKED -> {
          if (age >= ANSWER_MILLIS) {
            later(peer, AGAIN_MILLIS, nowMillis);
          }
        }
        case TESTING -> {
          if (age >= TESTED_MILLIS) {
            leave(peer, "no answer", nowMillis, moves);
          }
        }
        case WORKS -> {
          if (age >= TEST_MILLIS && candidate != null) {
            look(candidate.address(), peer, true, nowMillis, moves);
          }
        }
      }
    }
    ask(nowMillis, moves);
  }

  private void ask(long nowMillis, List<Move> moves) {
    boolean settled = publicMillis > 0 && nowMillis - publicMillis < STILL_PUBLIC_MILLIS;
    if (mode == Mode.NEVER || (!hidden && settled)) {
      return;
    }
    int wanted = hidden ? TARGET : 1;
    while (relays.size() < wanted) {
      Optional<PublicKey> next = next(nowMillis);
      if (next.isEmpty()) {
        return;
      }
      relays.put(next.get(), new Relay(Stage.ASKED, nowMillis, false));
      moves.add(new Move.Tell(next.get(), new Word.Ask(mode == Mode.ALWAYS).message()));
    }
  }

  /// Of a network that no relay is in yet, if there is one; then who waits longest.
  private Optional<PublicKey> next(long nowMillis) {
    return candidates.entrySet().stream()
        .filter(it -> !relays.containsKey(it.getKey()) && it.getValue().dueMillis() <= nowMillis)
        .min(
            Comparator.<Map.Entry<PublicKey, Candidate>>comparingLong(
                    it -> inGroup(it.getValue().address()))
                .thenComparingLong(it -> it.getValue().dueMillis()))
        .map(Map.Entry::getKey);
  }

  private long inGroup(PeerAddress address) {
    return relays.keySet().stream()
        .map(candidates::get)
        .filter(it -> it != null)
        .filter(it -> NetworkGroup.of(it.address()).equals(NetworkGroup.of(address)))
        .count();
  }
}
