package nimble.p2p.relay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import nimble.p2p.NetworkGroup;
import nimble.p2p.PeerAddress;
import nimble.p2p.Penalty;
import nimble.p2p.book.Move;
import nimble.types.PublicKey;

/// Who is reached through whom, as far as this node was told (rules R5 to R8).
final class Whereabouts {
  static final int NODES_MAX = 1_024;
  static final int ASKED_MAX = 3;
  static final long SEEK_MILLIS = 10_000;

  private record Asked(SortedSet<PublicKey> nodes, long sinceMillis) {}

  private final PublicKey self;

  /// By the nodes themselves.
  private final SequencedMap<PublicKey, List<PeerAddress>> told = new LinkedHashMap<>();

  private final SequencedMap<PublicKey, List<PeerAddress>> heard = new LinkedHashMap<>();

  /// Where the peers are.
  private final TreeMap<PublicKey, String> peers = new TreeMap<>();

  /// Who owes an answer.
  private final TreeMap<PublicKey, Asked> asked = new TreeMap<>();

  private final TreeMap<PublicKey, Long> soughtMillis = new TreeMap<>();
  private PublicKey turn;

  Whereabouts(PublicKey self) {
    this.self = self;
    this.turn = self;
  }

  SortedSet<PublicKey> peers() {
    return peers.navigableKeySet();
  }

  void met(PublicKey peer, String host) {
    peers.put(peer, host);
  }

  void parted(PublicKey peer) {
    peers.remove(peer);
    asked.remove(peer);
  }

  /// How `node` is reached, what it told itself first.
  List<PeerAddress> ways(PublicKey node) {
    List<PeerAddress> ways = new ArrayList<>(told.getOrDefault(node, List.of()));
    for (PeerAddress way : heard.getOrDefault(node, List.of())) {
      if (!ways.contains(way)) {
        ways.add(way);
      }
    }
    return ways;
  }

  void told(PublicKey peer, Word.Reached word) {
    keep(told, peer, believed(peer, word.relays().stream().map(it -> it.reaching(peer)).toList()));
  }

  /// R7; a way through this node itself is of no use to it.
  private List<PeerAddress> believed(PublicKey teller, List<PeerAddress> ways) {
    boolean near =
        NetworkGroup.of(peers.getOrDefault(teller, "")).filter(NetworkGroup::local).isPresent();
    return ways.stream()
        .filter(way -> !way.via().equals(Optional.of(self)))
        .filter(way -> NetworkGroup.of(way).filter(it -> near || !it.local()).isPresent())
        .limit(Word.RELAYS_MAX)
        .toList();
  }

  /// Who is here is not forgotten for those who come and go.
  private void keep(
      SequencedMap<PublicKey, List<PeerAddress>> where, PublicKey node, List<PeerAddress> ways) {
    where.remove(node);
    if (!ways.isEmpty()) {
      where.put(node, ways);
    }
    if (where.size() > NODES_MAX) {
      where.keySet().stream()
          .filter(it -> !peers.containsKey(it))
          .findFirst()
          .ifPresentOrElse(where::remove, where::pollFirstEntry);
    }
  }

  /// R6: only what they told themselves, and are here to tell again.
  Move answer(PublicKey peer, Word.Seek seek) {
    List<PeerAddress> ways = new ArrayList<>();
    for (PublicKey node : seek.nodes()) {
      if (peers.containsKey(node)) {
        ways.addAll(told.getOrDefault(node, List.of()));
      }
    }
    return new Move.Tell(peer, new Word.Found(ways).message());
  }

  void found(PublicKey peer, Word.Found found, List<Move> moves) {
    Asked sought = asked.remove(peer);
    TreeMap<PublicKey, List<PeerAddress>> ways = new TreeMap<>();
    for (PeerAddress way : found.ways()) {
      way.peer().ifPresent(it -> ways.computeIfAbsent(it, _ -> new ArrayList<>()).add(way));
    }
    if (sought == null || !sought.nodes().containsAll(ways.navigableKeySet())) {
      moves.add(new Move.Blame(peer, Penalty.SMALL, "told ways to nodes that nobody sought"));
      return;
    }
    ways.forEach((node, its) -> keep(heard, node, believed(peer, its)));
  }

  /// Asks the next peers in turn about those that were not sought lately; who owes an answer is not
  /// asked before it has given one.
  void seek(SortedSet<PublicKey> missed, long nowMillis, List<Move> moves) {
    soughtMillis.keySet().retainAll(missed);
    List<PublicKey> due =
        missed.stream()
            .filter(it -> nowMillis - soughtMillis.getOrDefault(it, -SEEK_MILLIS) >= SEEK_MILLIS)
            .limit(Word.SOUGHT_MAX)
            .toList();
    List<PublicKey> free =
        Stream.of(peers.tailMap(turn, false), peers.headMap(turn, true))
            .flatMap(some -> some.keySet().stream())
            .filter(it -> !owes(it, nowMillis))
            .limit(ASKED_MAX)
            .toList();
    if (due.isEmpty() || free.isEmpty()) {
      return;
    }
    due.forEach(it -> soughtMillis.put(it, nowMillis));
    for (PublicKey peer : free) {
      turn = peer;
      asked.put(peer, new Asked(new TreeSet<>(due), nowMillis));
      moves.add(new Move.Tell(peer, new Word.Seek(due).message()));
    }
  }

  private boolean owes(PublicKey peer, long nowMillis) {
    Asked before = asked.get(peer);
    return before != null && nowMillis - before.sinceMillis() < SEEK_MILLIS;
  }
}
