package nimble.node.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import nimble.chain.MoneyCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.node.Node;
import nimble.node.chain.Replica;
import nimble.node.devnet.NodeKeys;
import org.junit.jupiter.api.Test;

/// What honest clients wait, in simulated time, with and without a flood.
final class FloodLatencyTest {
  private static final int VALIDATORS = 4;
  private static final int FLOODERS = 6;
  private static final int TRANSFERS = 32;
  private static final long PAUSE_MILLIS = 137;

  private record Waited(long median, long p95, long offered, int lives) {}

  @Test
  void aFloodDoesNotDoubleWhatHonestClientsWait() {
    Waited quiet = run(0);
    Waited flooded = run(FLOODERS);
    String figures = "quiet %s, flooded %s".formatted(quiet, flooded);
    assertTrue(flooded.offered() > 20_000, figures);
    assertTrue(flooded.lives() > FLOODERS, figures);
    assertTrue(flooded.median() < 2 * quiet.median(), figures);
    assertTrue(flooded.p95() < 2 * quiet.p95(), figures);
  }

  private static Waited run(int flooders) {
    TestWorld world = new TestWorld(8, VALIDATORS, 0, true);
    List<Node> nodes = new ArrayList<>();
    List<NodeKeys> validators = world.devnet.validators();
    validators.forEach(it -> nodes.add(world.start(it, validators.toArray(NodeKeys[]::new))));
    List<Transaction> honest = new ArrayList<>();
    world.runUntil("the chain moves", () -> world.haveReached(2));
    List<Flooder> flood = new ArrayList<>();
    for (int i = 0; i < flooders; i++) {
      flood.add(new Flooder(world, i, nodes, honest));
      flood.getLast().begin();
    }
    world.runFor(1_000);
    List<Long> waited = new ArrayList<>();
    for (int i = 0; i < TRANSFERS; i++) {
      int number = i;
      world.sim.after(
          number * PAUSE_MILLIS,
          () -> submit(world, nodes.get(number % VALIDATORS), number, honest, waited));
    }
    world.runUntil("all are final", () -> waited.size() == TRANSFERS);
    Collections.sort(waited);
    return new Waited(
        waited.get(TRANSFERS / 2),
        waited.get(TRANSFERS * 19 / 20),
        flood.stream().mapToLong(Flooder::offered).sum(),
        flood.stream().mapToInt(Flooder::lives).sum());
  }

  private static void submit(
      TestWorld world, Node node, int number, List<Transaction> honest, List<Long> waited) {
    NodeKeys payer = world.devnet.validators().get(number % VALIDATORS);
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            world.devnet.genesis().chain(),
            payer.account().publicKey(),
            number / VALIDATORS,
            TestSite.START_MILLIS + world.sim.nowMillis() + 600_000,
            Parameters.NIM / 10,
            0,
            new MoneyCall.Transfer(world.devnet.developer().address(), 1, Bytes.EMPTY));
    Transaction transaction = new Transaction(body, payer.account().sign(body.preimage()));
    honest.add(transaction);
    node.replica()
        .must(
            Replica.Input.Submitted.one(
                transaction, refusal -> assertEquals(Optional.empty(), refusal)));
    look(world, node, transaction, world.sim.nowMillis(), waited);
  }

  private static void look(
      TestWorld world, Node node, Transaction transaction, long since, List<Long> waited) {
    if (node.chain().transaction(transaction.id()).isPresent()) {
      waited.add(world.sim.nowMillis() - since);
    } else {
      world.sim.after(1, () -> look(world, node, transaction, since, waited));
    }
  }
}
