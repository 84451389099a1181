package nimble.p2p.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.p2p.Duel;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.p2p.PeerAddress;
import nimble.p2p.PeerList;
import nimble.p2p.Penalty;
import nimble.p2p.Samples;
import org.junit.jupiter.api.Test;

final class DiscoveryTest {
  private static final long NOW = 1_000_000_000_000L;

  private final AddressBook book = new AddressBook(Hashing.of("salt", Bytes.utf8("1")).bytes(), 1);
  private final List<PeerAddress> seeds = new ArrayList<>();
  private final List<PeerAddress> anchors = new ArrayList<>();
  private Optional<Discovery> discovery = Optional.empty();

  private List<Move> step(Discovery.Input input, long nowMillis) {
    if (discovery.isEmpty()) {
      discovery = Optional.of(new Discovery(book, seeds, anchors));
    }
    return discovery.get().step(input, nowMillis);
  }

  private static List<PeerAddress> dials(List<Move> moves) {
    return moves.stream()
        .filter(Move.Dial.class::isInstance)
        .map(it -> ((Move.Dial) it).address())
        .toList();
  }

  private static PeerAddress at(int group, int index) {
    return AddressBookTest.at(group, index);
  }

  private List<Move> met(PeerAddress address, int peer, long nowMillis) {
    return step(
        new Discovery.Met(Samples.peer(peer), address, Optional.of(address), true), nowMillis);
  }

  /// Everyone that is dialled answers.
  private int connectAll(int first, long nowMillis) {
    int peer = first;
    List<PeerAddress> dials = dials(step(new Discovery.Ticked(), nowMillis));
    while (!dials.isEmpty()) {
      List<PeerAddress> next = new ArrayList<>();
      for (PeerAddress dial : dials) {
        next.addAll(dials(met(dial, peer++, nowMillis)));
      }
      dials = next;
    }
    return peer;
  }

  @Test
  void b7DialsUntilThereAreEnough() {
    for (int i = 0; i < 50; i++) {
      book.heard(at(i, 1), "99.1.1.1", NOW);
    }
    assertEquals(Discovery.OUTBOUND_TARGET, connectAll(0, NOW));
    step(new Discovery.Parted(Samples.peer(3)), NOW);
    assertEquals(Discovery.OUTBOUND_TARGET - 1, discovery.orElseThrow().outbound());
    connectAll(100, NOW);
    assertTrue(discovery.orElseThrow().outbound() <= Discovery.OUTBOUND_TARGET);
  }

  /// As of one that says each time that the two are connected already.
  @Test
  void b4ADialOfWhichNothingIsHeardHasFailed() {
    book.heard(at(1, 1), "99.1.1.1", NOW);
    assertEquals(List.of(at(1, 1)), dials(step(new Discovery.Ticked(), NOW)));
    long now = NOW;
    int dials = 0;
    while (now < NOW + 3_600_000) {
      now += Discovery.DIAL_MILLIS;
      dials += dials(step(new Discovery.Ticked(), now)).size();
    }
    assertTrue(dials < 10, dials + " dials in an hour");
  }

  @Test
  void b7AtMostTwoOfAGroup() {
    for (int i = 0; i < 500; i++) {
      book.heard(at(1, i), "%d.1.1.1".formatted(30 + i % 50), NOW);
    }
    assertEquals(Discovery.PER_GROUP_MAX, connectAll(0, NOW));
  }

  @Test
  void b7AnchorsComeFirstAndAreOfDifferentGroups() {
    anchors.add(at(90, 1).withPeer(Samples.peer(90)));
    anchors.add(at(91, 1).withPeer(Samples.peer(91)));
    for (int i = 0; i < 50; i++) {
      book.heard(at(i, 1), "99.1.1.1", NOW);
    }
    List<PeerAddress> dials = dials(step(new Discovery.Ticked(), NOW));
    assertEquals(anchors, dials.subList(0, 2));
    met(at(5, 1), 1, NOW);
    met(at(5, 2), 2, NOW + 1);
    met(at(6, 1), 3, NOW + 2);
    assertEquals(
        List.of(at(5, 1).withPeer(Samples.peer(1)), at(6, 1).withPeer(Samples.peer(3))),
        discovery.orElseThrow().anchors());
  }

  @Test
  void b7SeedsComeInWhenThereIsNobodyElse() {
    seeds.add(PeerAddress.of("seed.example", 7040));
    assertEquals(seeds, dials(step(new Discovery.Ticked(), NOW)));
    assertEquals(List.of(), dials(step(new Discovery.Ticked(), NOW + 1)));
    step(new Discovery.Failed("seed.example:7040", "nobody"), NOW + 2);
    assertEquals(seeds, dials(step(new Discovery.Ticked(), NOW + Discovery.SEED_MILLIS)));
  }

  @Test
  void b7BannedPeersAreNotDialled() {
    book.found(at(1, 1), Samples.peer(1), NOW);
    step(new Discovery.Avoid(new TreeSet<>(List.of(Samples.peer(1)))), NOW);
    assertEquals(List.of(), dials(step(new Discovery.Ticked(), NOW)));
    assertEquals(List.of(at(1, 1)), dials(step(new Discovery.Avoid(new TreeSet<>()), NOW)));
  }

  @Test
  void aPeerThatCameInCannotKeepUsFromDiallingOthers() {
    book.heard(at(1, 1), "99.1.1.1", NOW);
    PeerAddress from = PeerAddress.of("66.6.6.6", 50_000);
    List<Move> moves =
        step(new Discovery.Met(Samples.peer(6), from, Optional.of(at(1, 1)), false), NOW);
    assertEquals(List.of(at(1, 1)), dials(moves));
  }

  @Test
  void b8WithEnoughPeersItTestsOneAddressAndLeaves() {
    for (int i = 0; i < 8; i++) {
      met(at(i, 1), i, NOW);
    }
    book.heard(at(20, 1), "99.1.1.1", NOW);
    long later = NOW + Discovery.TEST_MILLIS;
    List<PeerAddress> dials = dials(step(new Discovery.Ticked(), later));
    assertEquals(List.of(at(20, 1)), dials);
    List<Move> moves = met(at(20, 1), 20, later);
    assertInstanceOf(Move.Leave.class, moves.getFirst());
    assertTrue(book.isTried(at(20, 1)));
    assertEquals(List.of(), dials(step(new Discovery.Ticked(), later + 1)));
  }

  @Test
  void b8WhoCameInIsTestedWhereItListens() {
    PeerAddress from = PeerAddress.of(at(1, 1).host(), 50_000);
    step(new Discovery.Met(Samples.peer(6), from, Optional.of(at(1, 1)), false), NOW);
    List<Move> moves = step(new Discovery.Ticked(), NOW + Discovery.POOR_TEST_MILLIS);
    assertEquals(List.of(at(1, 1)), dials(moves));
    step(new Discovery.Failed(at(1, 1).toString(), Duel.DUPLICATE), NOW + 6_000);
    assertTrue(book.isTried(at(1, 1)));
    assertEquals(Optional.of(at(1, 1)), book.placeOf(Samples.peer(6)));
  }

  @Test
  void b9OnlyAnswersAreTakenAndOnlyTriedAddressesAreTold() throws Malformed {
    assertEquals(List.of(new Move.Tell(Samples.peer(1), PeerList.ASK)), met(at(1, 1), 1, NOW));
    Message answer = new PeerList(List.of(at(2, 1), at(3, 1))).message();
    step(new Discovery.Heard(Samples.peer(1), answer), NOW);
    assertEquals(2, book.heardSize());
    List<Move> again = step(new Discovery.Heard(Samples.peer(1), answer), NOW);
    assertEquals(Penalty.SMALL, ((Move.Blame) again.getFirst()).penalty());

    List<Move> told = step(new Discovery.Heard(Samples.peer(1), PeerList.ASK), NOW);
    Move.Tell tell = (Move.Tell) told.getFirst();
    assertEquals(
        List.of(at(1, 1).withPeer(Samples.peer(1))), PeerList.decode(tell.message()).addresses());
    told = step(new Discovery.Heard(Samples.peer(1), PeerList.ASK), NOW + 1);
    assertInstanceOf(Move.Blame.class, told.getFirst());
  }

  @Test
  void b9WhatDoesNotDecodeCostsDearly() {
    met(at(1, 1), 1, NOW);
    Message bad = new Message(Kind.PEERS, Bytes.utf8("not a list"));
    List<Move> moves = step(new Discovery.Heard(Samples.peer(1), bad), NOW);
    assertEquals(Penalty.LARGE, ((Move.Blame) moves.getFirst()).penalty());
  }
}
