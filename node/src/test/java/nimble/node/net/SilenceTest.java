package nimble.node.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nimble.chain.MoneyCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.ledger.Registration.Standing;
import nimble.ledger.Validators;
import nimble.node.Node;
import nimble.node.chain.Replica;
import nimble.node.devnet.NodeKeys;
import org.junit.jupiter.api.Test;

/// A validator that is never started, while the others have work all the time (L24).
final class SilenceTest {
  private static final int VALIDATORS = 5;
  private static final int SILENT = 4;
  private static final long EPOCH_MILLIS = 30_000;
  private static final long PAUSE_MILLIS = 250;

  private final Parameters devnet = Parameters.devnet();
  private final TestWorld world =
      new TestWorld(
          12, VALIDATORS, 0, false, devnet.with(devnet.consensus().withEpochMillis(EPOCH_MILLIS)));
  private final List<Node> nodes = new ArrayList<>();
  private long nonce;

  @Test
  void l24WhoIsSilentUnderLoadIsJailedAndNobodyElse() {
    List<NodeKeys> validators = world.devnet.validators();
    NodeKeys[] all = validators.toArray(NodeKeys[]::new);
    validators.subList(0, SILENT).forEach(it -> nodes.add(world.start(it, all)));
    pay();
    Node first = nodes.getFirst();
    // An epoch is judged when the next one ends: late votes count.
    world.runUntil("two epochs are over", () -> first.chain().runningEpoch().number() == 2);
    assertTrue(nonce > EPOCH_MILLIS / PAUSE_MILLIS / 2, "there was no load");
    List<Standing> standings =
        validators.stream()
            .map(it ->
                Validators.get(first.chain().liveState(), it.address()).orElseThrow().standing())
            .toList();
    assertEquals(
        IntStream.range(0, VALIDATORS)
            .mapToObj(i -> i == SILENT ? Standing.JAILED : Standing.ACTIVE)
            .toList(),
        standings);
  }

  private void pay() {
    NodeKeys sender = world.devnet.developer();
    Node node = nodes.get((int) (nonce % nodes.size()));
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            world.devnet.genesis().chain(),
            sender.account().publicKey(),
            nonce++,
            TestSite.START_MILLIS + world.sim.nowMillis() + 600_000,
            Parameters.NIM / 10,
            0,
            new MoneyCall.Transfer(world.validator().address(), 1, Bytes.EMPTY));
    Transaction transaction = new Transaction(body, sender.account().sign(body.preimage()));
    node.replica().must(Replica.Input.Submitted.one(transaction, _ -> {}));
    world.sim.after(PAUSE_MILLIS, this::pay);
  }
}
