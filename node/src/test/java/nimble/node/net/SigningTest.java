package nimble.node.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Message;
import nimble.consensus.SignedVote;
import nimble.consensus.Vote;
import nimble.node.Node;
import nimble.node.devnet.NodeKeys;
import nimble.node.signing.SigningGuard;
import nimble.node.signing.SigningHistory;
import nimble.p2p.Kind;
import nimble.p2p.NetworkEvent;
import org.junit.jupiter.api.Test;

/// The guard where it counts: before the vote key of a whole validator (S1 to S4 of signing). Votes
/// are heard as they reach the others.
final class SigningTest {
  private static final int VALIDATORS = 4;

  private final TestWorld world = new TestWorld(11, VALIDATORS, 0, false);
  private final NodeKeys keys = world.devnet.validators().getLast();
  private final TestSite site;
  private final List<Vote> heard = new ArrayList<>();
  private final List<String> said = new ArrayList<>();

  SigningTest() {
    world.overhear(this::hear);
    world.tell((_, event, _) -> said.add(event));
    site = world.site(keys);
  }

  private void hear(NetworkEvent.Received received) {
    if (received.peer().equals(keys.hot().publicKey()) && received.message().kind() == Kind.VOTE) {
      try {
        if (Reader.decode(received.message().payload(), Message::readTagged)
            instanceof SignedVote signed) {
          heard.add(signed.vote());
        }
      } catch (Malformed e) {
        throw new AssertionError(e);
      }
    }
  }

  private Node start() {
    NodeKeys[] all = world.devnet.validators().toArray(NodeKeys[]::new);
    world.devnet.validators().subList(0, VALIDATORS - 1).forEach(it -> world.start(it, all));
    return world.start(keys, site, all);
  }

  @Test
  void s3WhatAnotherMachineHasSignedIsNotSignedAgain() {
    Vote last = new Vote.Nullify(0, 12);
    SigningGuard guard = site.signingGuard();
    guard.learn(SigningHistory.NONE.with(last));
    guard.sync();
    start();
    world.runUntil("it votes again", () -> !heard.isEmpty() && heard.getLast().view() > 12);
    // The very same vote may leave again (S5).
    assertEquals(
        List.of(),
        heard.stream().filter(it -> it.view() <= last.view() && !it.equals(last)).toList());
  }

  /// The same key signs elsewhere, for a view to come, and this node hears of it in time.
  @Test
  void s4WhatContradictsAVoteElsewhereIsRefusedAndSaid() {
    Node node = start();
    world.runUntil("it votes", () -> heard.size() >= 3);
    assertTrue(!said.contains("vote_refused"), said::toString);
    long view = node.chain().tip().view() + 4;
    site.signingGuard().learn(SigningHistory.NONE.with(new Vote.Nullify(0, view)));
    world.runUntil("the chain has passed", () -> node.chain().tip().view() > view + 4);
    assertEquals(List.of(), heard.stream().filter(it -> it.view() == view).toList());
    assertTrue(heard.getLast().view() > view, "it votes again");
    assertTrue(said.contains("vote_refused"), "the operator hears of it");
  }
}
