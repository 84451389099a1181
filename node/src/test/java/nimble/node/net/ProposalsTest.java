package nimble.node.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.codec.Malformed;
import nimble.node.Forged;
import nimble.node.Node;
import nimble.node.chain.EpochStart;
import nimble.node.devnet.NodeKeys;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.types.Hash;
import nimble.types.Height;
import org.junit.jupiter.api.Test;

/// N11, as a validator finds out that sends what nobody asked it for: nodes tell what they keep to
/// whoever asks for it.
final class ProposalsTest {
  private static final int LIAR = 3;
  private static final int VIEWS = 40;

  private final TestWorld world = new TestWorld(9, 4, 0, false);
  private final List<Chunk> answers = new ArrayList<>();
  private final Network liar;
  private final Node victim;

  ProposalsTest() {
    List<NodeKeys> validators = world.devnet.validators();
    NodeKeys[] all = validators.toArray(NodeKeys[]::new);
    liar = world.join(validators.get(LIAR), 0, this::heard);
    victim = world.start(validators.getFirst(), all);
    validators.subList(1, LIAR).forEach(it -> world.start(it, all));
    // The view that runs now, or soon will, is the liar's.
    world.runUntil(
        "its turn",
        () ->
            victim.chain().height() >= 3
                && leads(running())
                && liar.peers().contains(victim.network().self()));
  }

  private boolean heard(NetworkEvent event) {
    if (event instanceof NetworkEvent.Received it && it.message().kind() == Kind.BLOCKS) {
      try {
        answers.add(Chunk.decode(it.message()));
      } catch (Malformed e) {
        throw new AssertionError(e);
      }
    }
    return true;
  }

  private long running() {
    return victim.chain().tip().view() + 1;
  }

  private boolean leads(long view) {
    EpochStart epoch = victim.chain().runningEpoch();
    return epoch.set().leader(epoch.seed(), view) == LIAR;
  }

  /// Never final, so high is it.
  private Block madeUp(long view, long timeMillis) {
    Header tip = victim.chain().tip();
    Header high = Forged.with(tip, "height", new Height(1_000_000));
    Header viewed = Forged.with(high, "view", view);
    Block.Body body = victim.chain().block(tip.height().value()).orElseThrow().body();
    return new Block(Forged.with(viewed, "timeMillis", timeMillis), body);
  }

  private void send(Message message) {
    liar.send(victim.network().self(), Lane.CONTROL, message);
  }

  /// Which of these the victim has after all of them were sent to it.
  private List<Hash> kept(List<Block> blocks) {
    blocks.forEach(it -> send(new Message(Kind.PROPOSAL, it.encode())));
    for (Block block : blocks) {
      send(
          new Get(answers.size(), new Get.ByHash(List.of(block.digest()))).message(Kind.BLOCK_GET));
    }
    world.runUntil("answered", () -> answers.size() == blocks.size());
    List<Hash> kept = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      if (!answers.get(i).items().isEmpty()) {
        kept.add(blocks.get(i).digest());
      }
    }
    return kept;
  }

  @Test
  void n11OfAViewThatItLeadsAValidatorsFirstBlockIsKept() {
    long view = running();
    Block first = madeUp(view, 1);
    assertEquals(List.of(first.digest()), kept(List.of(first, madeUp(view, 2), madeUp(view, 3))));
  }

  @Test
  void n11WhatIsNotDueOrNotItsToSayIsNotKept() {
    TreeSet<Long> views = new TreeSet<>();
    for (long view = running() + 1; view < running() + VIEWS; view++) {
      views.add(view);
    }
    views.remove(running() + (leads(running() + 1) ? 1 : 0));
    assertEquals(List.of(), kept(views.stream().map(view -> madeUp(view, 1)).toList()));
  }
}
