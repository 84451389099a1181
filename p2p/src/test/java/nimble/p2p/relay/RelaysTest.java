package nimble.p2p.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Duel;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.p2p.PeerAddress;
import nimble.p2p.Penalty;
import nimble.p2p.RelayPolicy;
import nimble.p2p.RelayPolicy.Mode;
import nimble.p2p.Samples;
import nimble.p2p.book.Discovery;
import nimble.p2p.book.Move;
import nimble.p2p.relay.Word.Outcome;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

/// Rules R1 to R8, of the node number 0.
final class RelaysTest {
  private static final PublicKey SELF = Samples.peer(0);
  private static final Message ASK = new Word.Ask(false).message();

  private Relays relays = new Relays(SELF, RelayPolicy.USUAL);
  private long now = 1_000;

  private List<Move> step(Discovery.Input input) {
    return relays.step(input, now);
  }

  private List<Move> after(long millis) {
    now += millis;
    return step(new Discovery.Ticked());
  }

  private static PeerAddress at(int peer) {
    return PeerAddress.of("10.0.%d.1".formatted(peer), 7040);
  }

  private static PeerAddress relay(int peer) {
    return at(peer).withPeer(Samples.peer(peer));
  }

  private List<Move> met(int peer, boolean outbound) {
    return step(new Discovery.Met(Samples.peer(peer), at(peer), Optional.of(at(peer)), outbound));
  }

  private List<Move> heard(int peer, Word word) {
    return step(new Discovery.Heard(Samples.peer(peer), word.message()));
  }

  private List<Move> agreed(int peer) {
    return heard(peer, new Word.Answer(Outcome.AGREED, ""));
  }

  private List<Move> dialledItself(int through, String reason) {
    return step(new Discovery.Failed(relay(through).reaching(SELF).toString(), reason));
  }

  private static Word word(Move move) {
    try {
      return Word.decode(((Move.Tell) move).message());
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private static List<PublicKey> asked(List<Move> moves) {
    return moves.stream()
        .filter(it -> it instanceof Move.Tell(PublicKey _, Message message) && message.equals(ASK))
        .map(it -> ((Move.Tell) it).peer())
        .toList();
  }

  private static Penalty blame(List<Move> moves) {
    return ((Move.Blame) moves.getFirst()).penalty();
  }

  /// Until it has three that work.
  private void needsRelays() {
    for (int peer = 1; peer <= 4; peer++) {
      met(peer, true);
    }
    List<PublicKey> waiting = asked(after(OwnRelays.SETTLE_MILLIS));
    while (!waiting.isEmpty()) {
      for (PublicKey peer : waiting) {
        agreed(Samples.numberOf(peer));
        dialledItself(Samples.numberOf(peer), Duel.SELF);
      }
      waiting = asked(after(1_000));
    }
  }

  @Test
  void r1OneIsAskedAndWhoCanBeDialledIsPublic() {
    met(1, true);
    met(2, true);
    assertEquals(List.of(), asked(after(OwnRelays.SETTLE_MILLIS - 1)));
    assertEquals(List.of(Samples.peer(1)), asked(after(1)));
    assertEquals(Reach.State.UNKNOWN, relays.reach().state());
    heard(1, new Word.Answer(Outcome.REACHABLE, "dialled it at 10.0.0.1:7040"));
    assertEquals(Reach.State.PUBLIC, relays.reach().state());
    assertTrue(relays.reach().why().endsWith("dialled it at 10.0.0.1:7040"));
    assertEquals(List.of(), asked(after(OwnRelays.STILL_PUBLIC_MILLIS - 1)));
    assertEquals(1, asked(after(1)).size(), "a router may come later");
  }

  @Test
  void r1WhoIsToldNeverAsksNobodyAndWhoIsToldAlwaysDoesNotWaitForATest() {
    relays = new Relays(SELF, new RelayPolicy(Mode.NEVER, 16));
    met(1, true);
    assertEquals(List.of(), after(OwnRelays.STILL_PUBLIC_MILLIS));
    relays = new Relays(SELF, new RelayPolicy(Mode.ALWAYS, 16));
    met(1, true);
    assertEquals(new Word.Ask(true), word(after(OwnRelays.SETTLE_MILLIS).getFirst()));
    assertEquals(Reach.State.UNREACHABLE, relays.reach().state());
  }

  @Test
  void r1OnlyPeersThatItDialledItselfAreAsked() {
    met(1, false);
    step(
        new Discovery.Met(
            Samples.peer(2), relay(3).reaching(Samples.peer(2)), Optional.empty(), true));
    assertEquals(List.of(), after(OwnRelays.SETTLE_MILLIS));
  }

  @Test
  void r2WhoAsksIsDialledBackBeforeItIsRelayedFor() {
    met(1, false);
    assertEquals(List.of(new Move.Test(relay(1))), heard(1, new Word.Ask(false)));
    assertTrue(relays.relaying().relayed().isEmpty());
    List<Move> moves = step(new Discovery.Failed(relay(1).toString(), "no answer to dialling"));
    assertEquals(new Word.Answer(Outcome.AGREED, ""), word(moves.getFirst()));
    assertEquals(new TreeSet<>(List.of(Samples.peer(1))), relays.relaying().relayed());
    step(new Discovery.Parted(Samples.peer(1)));
    assertTrue(relays.relaying().relayed().isEmpty());
  }

  @Test
  void r2WhoAnswersWhereItListensNeedsNoRelay() {
    met(1, false);
    heard(1, new Word.Ask(false));
    List<Move> moves = step(new Discovery.Failed(relay(1).toString(), Duel.DUPLICATE));
    assertEquals(
        new Word.Answer(Outcome.REACHABLE, "dialled it at " + at(1)), word(moves.getFirst()));
    assertTrue(relays.relaying().relayed().isEmpty());
  }

  /// Or a stranger could have this node dial whomever it likes.
  @Test
  void r2OnlyTheHostThatTheAskerCameFromIsDialled() {
    step(new Discovery.Met(Samples.peer(1), at(1), Optional.of(at(9)), false));
    assertEquals(
        new Word.Answer(Outcome.AGREED, ""), word(heard(1, new Word.Ask(false)).getFirst()));
  }

  @Test
  void r2GuestsAreFewAndARefusalSaysWhy() {
    relays = new Relays(SELF, new RelayPolicy(Mode.AUTO, 1));
    for (int peer = 1; peer <= 2; peer++) {
      met(peer, false);
    }
    heard(1, new Word.Ask(true));
    assertEquals(
        new Word.Answer(Outcome.REFUSED, "relays for no more than 1"),
        word(heard(2, new Word.Ask(true)).getFirst()));
  }

  @Test
  void r2WhoNeedsRelaysIsNone() {
    needsRelays();
    met(9, false);
    assertEquals(
        new Word.Answer(Outcome.REFUSED, "is behind a router as well"),
        word(heard(9, new Word.Ask(true)).getLast()));
  }

  @Test
  void r3ThreeRelaysAreKeptAndOneLostIsReplaced() {
    needsRelays();
    assertEquals(OwnRelays.TARGET, relays.reach().relays().size());
    assertEquals(Reach.State.RELAYED, relays.reach().state());
    PeerAddress lost = relays.reach().relays().getFirst();
    step(new Discovery.Parted(lost.peer().orElseThrow()));
    List<PublicKey> next = asked(after(1_000));
    assertEquals(1, next.size());
    agreed(Samples.numberOf(next.getFirst()));
    dialledItself(Samples.numberOf(next.getFirst()), Duel.SELF);
    assertEquals(OwnRelays.TARGET, relays.reach().relays().size());
  }

  @Test
  void r3RelaysAreOfDifferentNetworksWhereTheyCanBe() {
    relays = new Relays(SELF, new RelayPolicy(Mode.ALWAYS, 16));
    for (int i = 1; i <= 3; i++) {
      PeerAddress crowded = PeerAddress.of("10.0.7." + i, 7040);
      step(new Discovery.Met(Samples.peer(i), crowded, Optional.empty(), true));
    }
    met(8, true);
    met(9, true);
    List<Move> moves = after(OwnRelays.SETTLE_MILLIS);
    List<PublicKey> chosen = moves.stream().map(it -> ((Move.Tell) it).peer()).toList();
    assertEquals(3, chosen.size());
    assertTrue(chosen.containsAll(List.of(Samples.peer(8), Samples.peer(9))));
  }

  @Test
  void r4ARelayCountsOnceThisNodeDialledItselfThroughIt() {
    met(1, true);
    after(OwnRelays.SETTLE_MILLIS);
    assertEquals(new Move.Test(relay(1).reaching(SELF)), agreed(1).getFirst());
    assertEquals(Reach.State.UNREACHABLE, relays.reach().state());
    List<Move> said = dialledItself(1, Duel.SELF);
    assertEquals(new Word.Reached(List.of(relay(1))), word(said.getFirst()));
    assertEquals(Reach.State.RELAYED, relays.reach().state());
    List<Move> again = after(OwnRelays.TEST_MILLIS);
    assertEquals(new Move.Test(relay(1).reaching(SELF)), again.getFirst());
    assertEquals(1, relays.reach().relays().size(), "it counts while it is looked at");
  }

  @Test
  void r4ARelayThatFailsOrStallsIsLeft() {
    needsRelays();
    List<PeerAddress> three = relays.reach().relays();
    List<Move> looks = after(OwnRelays.TEST_MILLIS);
    assertEquals(3, looks.stream().filter(Move.Test.class::isInstance).count());
    int first = Samples.numberOf(three.getFirst().peer().orElseThrow());
    int second = Samples.numberOf(three.get(1).peer().orElseThrow());
    dialledItself(second, Duel.SELF);
    assertInstanceOf(Move.Leave.class, dialledItself(first, "no Hello within 10000 ms").getFirst());
    assertEquals(2, relays.reach().relays().size());
    List<Move> stalled = after(OwnRelays.TESTED_MILLIS);
    assertEquals(1, stalled.stream().filter(Move.Leave.class::isInstance).count());
    assertEquals(List.of(three.get(1)), relays.reach().relays());
  }

  @Test
  void r5WhoIsMetIsToldTheRelays() {
    needsRelays();
    assertEquals(new Word.Reached(relays.reach().relays()), word(met(9, false).getFirst()));
  }

  @Test
  void r6WhoIsMissedIsSoughtAndOnlyWhatItToldIsTold() {
    PublicKey missed = Samples.peer(7);
    met(1, true);
    relays.miss(new TreeSet<>(List.of(missed)));
    Move.Tell tell = (Move.Tell) after(100).getLast();
    assertEquals(new Word.Seek(List.of(missed)), word(tell));
    PeerAddress way = relay(5).reaching(missed);
    assertEquals(List.of(), heard(1, new Word.Found(List.of(way))));
    assertEquals(List.of(way), relays.ways(missed));
    assertEquals(
        new Word.Found(List.of()),
        word(heard(1, new Word.Seek(List.of(missed))).getFirst()),
        "hearsay is not passed on");

    met(7, false);
    heard(7, new Word.Reached(List.of(relay(6))));
    assertEquals(List.of(relay(6).reaching(missed), way), relays.ways(missed));
    assertEquals(
        new Word.Found(List.of(relay(6).reaching(missed))),
        word(heard(1, new Word.Seek(List.of(missed))).getFirst()));
  }

  @Test
  void r6TheSameIsNotSoughtAllTheTime() {
    for (int peer = 1; peer <= 5; peer++) {
      met(peer, false);
    }
    relays.miss(new TreeSet<>(List.of(Samples.peer(7))));
    List<PublicKey> asked = new ArrayList<>();
    after(100).forEach(it -> asked.add(((Move.Tell) it).peer()));
    assertEquals(Whereabouts.ASKED_MAX, asked.size());
    assertEquals(List.of(), after(Whereabouts.SEEK_MILLIS - 1));
    after(1).forEach(it -> asked.add(((Move.Tell) it).peer()));
    assertEquals(5, new TreeSet<>(asked).size(), "the others come next");
  }

  @Test
  void r7WaysArePlausible() {
    PublicKey node = Samples.peer(7);
    step(new Discovery.Met(node, PeerAddress.of("20.1.2.3", 7040), Optional.empty(), false));
    PeerAddress open = PeerAddress.of("30.1.2.3", 7040).withPeer(Samples.peer(5));
    PeerAddress self = PeerAddress.of("30.1.2.4", 7040).withPeer(SELF);
    heard(7, new Word.Reached(List.of(relay(1), open, self)));
    assertEquals(List.of(open.reaching(node)), relays.ways(node));
    Message nonsense = new Message(Kind.RELAY_REACHED, Bytes.utf8("x"));
    assertEquals(Penalty.LARGE, blame(step(new Discovery.Heard(node, nonsense))));
  }

  @Test
  void r8WhatNobodyAskedForCostsScore() {
    met(1, false);
    assertEquals(
        Penalty.SMALL,
        blame(heard(1, new Word.Found(List.of(relay(5).reaching(Samples.peer(7)))))));
    heard(1, new Word.Ask(true));
    assertEquals(Penalty.SMALL, blame(heard(1, new Word.Ask(true))));
    assertEquals(List.of(), heard(1, new Word.Answer(Outcome.AGREED, "")), "nobody asked it");
    assertTrue(relays.relaying().through().isEmpty());
  }

  @Test
  void r8WhoOwesAnAnswerIsNotAskedAgainAndNotBlamedForIt() {
    met(1, true);
    List<Word> asked = new ArrayList<>();
    TreeSet<PublicKey> missed = new TreeSet<>();
    for (int node = 10; node < 20; node++) {
      missed.add(Samples.peer(node));
      relays.miss(missed);
      after(10).forEach(it -> asked.add(word(it)));
    }
    List<Move> moves = new ArrayList<>();
    for (Word word : asked) {
      List<PeerAddress> ways =
          ((Word.Seek) word).nodes().stream().map(it -> relay(5).reaching(it)).toList();
      moves.addAll(heard(1, new Word.Found(ways)));
    }
    assertEquals(List.of(), moves);
    assertEquals(1, asked.size());
    assertEquals(
        new Word.Seek(List.copyOf(missed.tailSet(Samples.peer(11)))), word(after(10).getFirst()));
  }

  @Test
  void r7WhoComesAndGoesDoesNotMakeThisNodeForgetWhoIsHere() {
    met(7, false);
    heard(7, new Word.Reached(List.of(relay(6))));
    for (int passer = 100; passer < 100 + Whereabouts.NODES_MAX; passer++) {
      step(new Discovery.Met(Samples.peer(passer), at(8), Optional.empty(), false));
      heard(passer, new Word.Reached(List.of(relay(6))));
      step(new Discovery.Parted(Samples.peer(passer)));
    }
    assertEquals(List.of(relay(6).reaching(Samples.peer(7))), relays.ways(Samples.peer(7)));
  }
}
