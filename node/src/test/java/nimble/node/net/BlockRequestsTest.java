package nimble.node.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.node.Node;
import nimble.node.devnet.NodeKeys;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

/// N13, as those find out who ask a node for blocks.
final class BlockRequestsTest {
  private static final int ASKING = 3;
  private static final int STRANGERS = 2;
  private static final int ASKED = Kind.BLOCK_GET.perSecondMax();

  private final TestWorld world = new TestWorld(9, 4, STRANGERS, false);
  private final List<PublicKey> answered = new ArrayList<>();
  private int answerBytes = Integer.MAX_VALUE;
  private final Node victim;
  private final Network validator;
  private final List<Network> strangers;

  BlockRequestsTest() {
    Company company = Company.of(world, ASKING, STRANGERS, this::join);
    victim = company.victim();
    validator = company.validator();
    strangers = company.strangers();
  }

  private Network join(NodeKeys keys) {
    PublicKey key = keys.hot().publicKey();
    return world.join(
        keys,
        0,
        event -> {
          if (event instanceof NetworkEvent.Received it && it.message().kind() == Kind.BLOCKS) {
            answered.add(key);
            answerBytes = it.message().payload().size();
          }
          return true;
        });
  }

  private void ask(Network network, int times) {
    for (int i = 0; i < times; i++) {
      network.send(
          victim.network().self(),
          Lane.CONTROL,
          new Get(i, new Get.ByHeight(1, 2)).message(Kind.BLOCK_GET));
    }
  }

  /// Of what is on its way to a stranger only votes and such are smaller than an answer.
  private long answersTo(Network stranger) {
    long received = answered.stream().filter(stranger.self()::equals).count();
    return received
        + victim.network().lane(stranger.self(), Lane.CONTROL).queuedBytes() / answerBytes;
  }

  @Test
  void n13AValidatorDoesNotWaitForWhatStrangersAskedBefore() {
    strangers.forEach(it -> ask(it, ASKED));
    ask(validator, 1);
    world.runUntil("the validator is answered", () -> answered.contains(validator.self()));
    long before = strangers.stream().mapToLong(this::answersTo).sum();
    assertTrue(before < ASKED / 2, before + " answers before it");
  }

  @Test
  void n13StrangersAreAnsweredInTurns() {
    Network other = strangers.getLast();
    ask(strangers.getFirst(), ASKED);
    ask(other, 2);
    world.runUntil(
        "both are answered", () -> answered.stream().filter(other.self()::equals).count() == 2);
    long before = answersTo(strangers.getFirst());
    assertTrue(before < ASKED / 2, before + " answers before the second");
  }
}
