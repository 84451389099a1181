package nimble.p2p.book;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Malformed;
import nimble.p2p.Duel;
import nimble.p2p.Message;
import nimble.p2p.NetworkGroup;
import nimble.p2p.PeerAddress;
import nimble.types.PublicKey;

/// Finds peers and keeps enough of them (rules B7 to B9). One owner's.
public final class Discovery {
  public static final int OUTBOUND_TARGET = 8;
  public static final int PER_GROUP_MAX = 2;
  public static final int ANCHORS = 2;
  public static final long TEST_MILLIS = 120_000;
  static final long POOR_TEST_MILLIS = 5_000;
  static final int DIALS_MAX = 4;
  static final long DIAL_MILLIS = 20_000;
  static final long SEED_MILLIS = 5_000;
  static final long ALONE_MILLIS = 10_000;
  static final String TEST = "it only looked whether this address answers";

  /// What happened.
  public sealed interface Input {}

  /// @param listen where the peer says it can be dialled
  public record Met(
      PublicKey peer, PeerAddress remote, Optional<PeerAddress> listen, boolean outbound)
      implements Input {}

  public record Parted(PublicKey peer) implements Input {}

  /// A dial of this node's, or of somebody, did not become a peer.
  public record Failed(String address, String reason) implements Input {}

  public record Heard(PublicKey peer, Message message) implements Input {}

  /// From now on these are not dialled.
  public record Avoid(SortedSet<PublicKey> banned) implements Input {}

  public record Ticked() implements Input {}

  private record Link(
      PeerAddress remote, Optional<PeerAddress> listen, boolean outbound, long sinceMillis) {
    /// Where a peer that came in says it listens counts only on the host that it came from: else it
    /// could keep this node from dialling others.
    boolean listensAt(PeerAddress place) {
      return !outbound
          && remote.host().equals(place.host())
          && listen.map(PeerAddress::anyone).equals(Optional.of(place));
    }

    boolean reaches(PeerAddress place) {
      return outbound && remote.anyone().equals(place);
    }
  }

  private record Dialling(long sinceMillis, boolean test) {}

  private final AddressBook book;
  private final Exchange exchange;
  private final List<PeerAddress> seeds;
  private final List<PeerAddress> anchors;
  private final TreeMap<PublicKey, Link> links = new TreeMap<>();
  private final Map<PeerAddress, Dialling> dials = new LinkedHashMap<>();
  private SortedSet<PublicKey> banned = Collections.emptySortedSet();
  private long testMillis;
  private long seedMillis;
  private long companyMillis;

  /// @param seeds given by the operator; names are allowed
  /// @param anchors of the last process
  public Discovery(AddressBook book, List<PeerAddress> seeds, List<PeerAddress> anchors) {
    this.book = book;
    this.exchange = new Exchange(book);
    this.seeds = List.copyOf(seeds);
    this.anchors = new ArrayList<>(anchors);
  }

  public List<Move> step(Input input, long nowMillis) {
    List<Move> moves = new ArrayList<>();
    switch (input) {
      case Met met -> met(met, nowMillis, moves);
      case Parted(PublicKey peer) -> {
        links.remove(peer);
        exchange.left(peer);
      }
      case Failed(String address, String reason) -> failed(address, reason, nowMillis);
      case Heard(PublicKey peer, Message message) -> {
        Link link = links.get(peer);
        if (link != null) {
          moves.addAll(exchange.heard(peer, link.remote().host(), message, nowMillis));
        }
      }
      case Avoid(SortedSet<PublicKey> peers) -> banned = new TreeSet<>(peers);
      case Ticked() -> {}
    }
    keepEnough(nowMillis, moves);
    return moves;
  }

  private void met(Met met, long nowMillis, List<Move> moves) {
    if (met.remote().via().isPresent()) {
      links.put(met.peer(), new Link(met.remote(), Optional.empty(), false, nowMillis));
      return;
    }
    Dialling dialling = dials.remove(met.remote().anyone());
    links.put(met.peer(), new Link(met.remote(), met.listen(), met.outbound(), nowMillis));
    if (!met.outbound()) {
      met.listen()
          .ifPresent(it -> book.heard(it.withPeer(met.peer()), met.remote().host(), nowMillis));
      return;
    }
    book.found(met.remote(), met.peer(), nowMillis);
    if (dialling != null && dialling.test()) {
      moves.add(new Move.Leave(met.peer(), TEST));
    } else {
      moves.add(exchange.ask(met.peer(), nowMillis));
    }
  }

  private void failed(String text, String reason, long nowMillis) {
    try {
      PeerAddress address = PeerAddress.parse(text);
      if (address.via().isPresent()) {
        return;
      }
      PeerAddress place = address.anyone();
      dials.remove(place);
      Optional<PublicKey> there =
          reason.equals(Duel.DUPLICATE) ? cameFrom(place) : Optional.empty();
      if (there.isPresent()) {
        book.found(place, there.get(), nowMillis);
      } else {
        book.failed(place);
      }
    } catch (Malformed e) {
      // Nobody that was dialled: somebody came in and was not let in.
    }
  }

  /// Who of those that came in from this host says that it listens there.
  private Optional<PublicKey> cameFrom(PeerAddress place) {
    return links.entrySet().stream()
        .filter(it -> it.getValue().listensAt(place))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private void keepEnough(long nowMillis, List<Move> moves) {
    dials
        .entrySet()
        .removeIf(it -> {
          boolean silent = nowMillis - it.getValue().sinceMillis() >= DIAL_MILLIS;
          if (silent) {
            book.failed(it.getKey());
          }
          return silent;
        });
    anchors(nowMillis, moves);
    if (companyMillis == 0) {
      testMillis = nowMillis;
    }
    if (companyMillis == 0 || outbound() > 0) {
      companyMillis = nowMillis;
    }
    boolean nobody = false;
    while (!nobody && outbound() + dials.size() < OUTBOUND_TARGET && dials.size() < DIALS_MAX) {
      Optional<PeerAddress> next = book.draw(this::isWanted, nowMillis);
      next.ifPresent(it -> dial(it, false, nowMillis, moves));
      nobody = next.isEmpty();
    }
    seeds(nobody, nowMillis, moves);
    if (nowMillis - testMillis >= (nobody ? POOR_TEST_MILLIS : TEST_MILLIS)) {
      testMillis = nowMillis;
      book.toTest(this::isUntested, nowMillis).ifPresent(it -> dial(it, true, nowMillis, moves));
    }
    askAgain(nobody ? Exchange.POOR_ASK_MILLIS : Exchange.ASK_MILLIS, nowMillis, moves);
  }

  /// Once each: the book has them as well.
  private void anchors(long nowMillis, List<Move> moves) {
    anchors.stream().filter(it -> !isTaken(it)).forEach(it -> dial(it, false, nowMillis, moves));
    anchors.clear();
  }

  /// In when the book has nobody to offer, or nobody of it answers.
  private void seeds(boolean nobody, long nowMillis, List<Move> moves) {
    boolean alone = nobody || nowMillis - companyMillis >= ALONE_MILLIS;
    if (alone && outbound() == 0 && nowMillis - seedMillis >= SEED_MILLIS) {
      seedMillis = nowMillis;
      seeds.stream()
          .filter(it -> !dials.containsKey(it.anyone()))
          .limit(OUTBOUND_TARGET)
          .forEach(it -> dial(it, false, nowMillis, moves));
    }
  }

  private void dial(PeerAddress address, boolean test, long nowMillis, List<Move> moves) {
    dials.put(address.anyone(), new Dialling(nowMillis, test));
    book.dialled(address, nowMillis);
    moves.add(new Move.Dial(address));
  }

  /// Links that last show that their addresses are good, and may have learned something new.
  private void askAgain(long pauseMillis, long nowMillis, List<Move> moves) {
    links.forEach((peer, link) -> {
      if (link.outbound() && exchange.isDue(peer, pauseMillis, nowMillis)) {
        book.found(link.remote(), peer, nowMillis);
        moves.add(exchange.ask(peer, nowMillis));
      }
    });
  }

  private boolean isWanted(PeerAddress address) {
    return !isTaken(address) && inGroup(address) < PER_GROUP_MAX;
  }

  private boolean isTaken(PeerAddress address) {
    PeerAddress place = address.anyone();
    return dials.containsKey(place)
        || address.peer().filter(it -> links.containsKey(it) || banned.contains(it)).isPresent()
        || links.values().stream().anyMatch(it -> it.reaches(place) || it.listensAt(place));
  }

  /// Also where somebody who came in says that it listens: dialling tells whether it does.
  private boolean isUntested(PeerAddress address) {
    PeerAddress place = address.anyone();
    return address.peer().filter(it -> banned.contains(it)).isEmpty()
        && !dials.containsKey(place)
        && links.values().stream().noneMatch(it -> it.reaches(place));
  }

  private long inGroup(PeerAddress address) {
    Optional<NetworkGroup> group = NetworkGroup.of(address);
    long linked =
        links.values().stream()
            .filter(it -> it.outbound() && NetworkGroup.of(it.remote()).equals(group))
            .count();
    return linked + dials.keySet().stream().filter(it -> NetworkGroup.of(it).equals(group)).count();
  }

  public int outbound() {
    return (int) links.values().stream().filter(Link::outbound).count();
  }

  /// Whether time will bring something: there are too few, and somebody to dial.
  public boolean isSeeking() {
    return outbound() < OUTBOUND_TARGET
        && (!dials.isEmpty() || !seeds.isEmpty() || book.heardSize() + book.triedSize() > 0);
  }

  /// The eldest outbound peers, of different groups: whom to dial first next time (B7).
  public List<PeerAddress> anchors() {
    LinkedHashMap<String, PeerAddress> eldest = new LinkedHashMap<>();
    links.entrySet().stream()
        .filter(it -> it.getValue().outbound())
        .sorted(Comparator.comparingLong(it -> it.getValue().sinceMillis()))
        .forEach(it -> {
          PeerAddress remote = it.getValue().remote();
          NetworkGroup.of(remote)
              .ifPresent(group -> eldest.putIfAbsent(group.name(), remote.withPeer(it.getKey())));
        });
    return eldest.values().stream().limit(ANCHORS).toList();
  }
}
