package nimble.node.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.consensus.Certificate;
import nimble.consensus.SignedVote;
import nimble.consensus.SignerSet;
import nimble.consensus.Vote;
import nimble.crypto.VoteSigningKey;
import nimble.node.Node;
import nimble.node.chain.Replica;
import nimble.node.chain.Reporter;
import nimble.node.devnet.NodeKeys;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.types.PublicKey;
import nimble.types.VoteSignature;
import org.junit.jupiter.api.Test;

/// What those who are no validators can do to one's votes (N14, N15): as good as nothing.
final class StrangersTest {
  private static final int RUNNING = 3;
  private static final int STRANGERS = 3;
  private static final int SAID = Kind.EPOCHS.perSecondMax();

  /// No view that comes.
  private static final long VIEW = 1_000_000;

  private final TestWorld world;
  private final SortedSet<PublicKey> sentAway = new TreeSet<>();
  private final Node victim;
  private final Network validator;
  private final List<Network> strangers;
  private int lies;
  private int ignored;
  private int before = -1;

  StrangersTest() {
    world = new TestWorld(11, RUNNING + 1, STRANGERS, false);
    world.tell(this::report);
    Company company = Company.of(world, RUNNING, STRANGERS, this::join);
    victim = company.victim();
    validator = company.validator();
    strangers = company.strangers();
  }

  private void report(Reporter.Level level, String event, Object... pairs) {
    switch (event) {
      case "certificate_false" -> lies++;
      case "message_ignored" -> ignored++;
      case "vote_received" -> {
        if (List.of(pairs).contains(VIEW)) {
          before = ignored;
        }
      }
      default -> {}
    }
  }

  private Network join(NodeKeys keys) {
    PublicKey key = keys.hot().publicKey();
    return world.join(
        keys,
        0,
        event -> {
          if (event instanceof NetworkEvent.PeerDisconnected it
              && it.peer().equals(victim.network().self())) {
            sentAway.add(key);
          }
          return true;
        });
  }

  private void say(Network network, Message message) {
    network.send(victim.network().self(), Lane.CONTROL, message);
  }

  private void hears(PublicKey peer, Message message) {
    victim
        .replica()
        .must(new Replica.Input.Network(new NetworkEvent.Received(peer, Lane.CONTROL, message)));
  }

  /// All of it comes within one turn, the vote at the end; which of the signers its own is, the
  /// peer knows.
  @Test
  void n14AVoteDoesNotWaitForWhatStrangersSaidBefore() {
    for (int i = 0; i < SAID; i++) {
      for (Network stranger : strangers) {
        hears(stranger.self(), new Message(Kind.EPOCHS, Bytes.EMPTY));
      }
    }
    for (int signer = 0; signer <= RUNNING; signer++) {
      hears(validator.self(), vote(signer));
    }
    world.runUntil("the vote is heard", () -> before >= 0);
    assertEquals(0, before, "strangers heard before it");
    world.runUntil("the others are too", () -> ignored == STRANGERS * SAID);
  }

  private Message vote(int signer) {
    SignedVote vote =
        new SignedVote(
            signer,
            new Vote.Nullify(0, VIEW),
            new VoteSignature(Bytes.wrap(new byte[VoteSignature.SIZE])));
    return new Message(Kind.VOTE, Writer.encode(vote::writeTagged));
  }

  /// With signers enough, of a view to come, and signed by nobody.
  private Message falseCertificate(long view) {
    VoteSigningKey key = world.validator().vote();
    Certificate certificate =
        new Certificate(
            new Vote.Nullify(0, view),
            SignerSet.of(List.of(0, 1, 2, 3)),
            key.sign(Bytes.utf8("something else")));
    return new Message(Kind.CERTIFICATE, Writer.encode(certificate::writeTagged));
  }

  @Test
  void n15AStrangerWithAFalseCertificateIsSentAway() {
    say(strangers.getFirst(), falseCertificate(VIEW));
    world.runUntil("it is sent away", () -> sentAway.contains(strangers.getFirst().self()));
    assertEquals(1, sentAway.size());
  }

  /// Even of a validator, whom nobody sends away.
  @Test
  void n15AFalseCertificateIsCheckedOnceOfEachPeer() {
    for (int i = 0; i < 100; i++) {
      say(validator, falseCertificate(VIEW + i));
    }
    long height = victim.chain().height();
    world.runUntil("the chain goes on", () -> victim.chain().height() >= height + 3);
    assertEquals(1, lies);
    assertTrue(victim.network().peers().contains(validator.self()));
  }

  @Test
  void o1AFullInboxHoldsUpNoTimer() {
    TestWorld full = new TestWorld(12, 1, 0, true);
    int[] ticks = new int[1];
    full.tell((_, event, _) -> ticks[0] += event.equals("mempool") ? 1 : 0);
    Node alone = full.start(full.validator());
    full.runUntil("the chain moves", () -> full.haveReached(2));
    for (int i = 0; i < 20_000; i++) {
      alone.replica().must(new Replica.Input.Awaited());
    }
    keepFull(full, alone);
    full.runFor(1_000);
    int before = ticks[0];
    full.runFor(10_000);
    assertTrue(ticks[0] > before + 2, "%d ticks".formatted(ticks[0] - before));
  }

  /// As fast as it takes them: 256 in six milliseconds.
  private static void keepFull(TestWorld world, Node node) {
    for (int i = 0; i < 43; i++) {
      node.replica().must(new Replica.Input.Awaited());
    }
    world.sim.after(1, () -> keepFull(world, node));
  }
}
