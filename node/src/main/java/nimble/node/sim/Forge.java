package nimble.node.sim;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.UnaryOperator;
import nimble.chain.Block;
import nimble.genesis.Genesis;
import nimble.node.Node;
import nimble.node.Upkeep;
import nimble.node.chain.Reporter;
import nimble.node.chain.SeenVotes;
import nimble.node.devnet.NodeKeys;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.storage.Database;
import nimble.types.PublicKey;
import nimble.vm.reference.ReferenceMachine;

/// Grows the chain of a network's only validator in virtual time, on any database: the blocks of a
/// real node, as fast as it can make them. For tests and measurements that need a long chain.
public final class Forge implements AutoCloseable {
  private static final long STALL_MILLIS = 600_000;

  /// What is told of each block, on the only thread there is.
  @FunctionalInterface
  public interface Listener {
    void finalized(Node node, Block block);
  }

  private final Sim sim = new Sim(1, Integer.MAX_VALUE);
  private final Life life;
  private final Node node;

  /// @param genesis with one validator, whose keys these are
  public Forge(
      Genesis genesis, NodeKeys validator, Database database, Upkeep upkeep, Listener listener)
      throws IOException {
    this.life =
        new Life(
            "forge",
            sim,
            new Trace(sim, _ -> {}),
            genesis.timeMillis() - World.START_MILLIS,
            (owner, cause) -> {
              throw new IllegalStateException(owner + " broke", cause);
            });
    Node.Identity identity =
        new Node.Identity(
            genesis, validator.hot(), Optional.of(validator.vote()), EnumSet.of(Role.VALIDATOR));
    Node[] self = new Node[1];
    this.node =
        Node.start(
            identity,
            site(database, upkeep, validator.hot().publicKey()),
            new Node.Listeners(
                Reporter.SILENT, block -> listener.finalized(self[0], block), (_, _) -> {}));
    self[0] = node;
  }

  private SimSite site(Database database, Upkeep upkeep, PublicKey self) {
    return new SimSite(
        life,
        new Disk(true, sim.random()::nextLong),
        database,
        upkeep,
        new SimNetwork(sim, Weather.calm()),
        PeerAddress.of("forge", Member.PORT).withPeer(self),
        new SeenVotes(),
        self,
        UnaryOperator.identity(),
        (_, _, _) -> {},
        new ReferenceMachine());
  }

  public Node node() {
    return node;
  }

  /// Lets time pass until the block of this height is final.
  public void growTo(long height) {
    while (node.chain().height() < height) {
      long before = node.chain().height();
      long until = sim.nowMillis() + STALL_MILLIS;
      sim.after(STALL_MILLIS, () -> {});
      sim.runUntil(() -> node.chain().height() > before || sim.nowMillis() >= until);
      if (node.chain().height() == before) {
        throw new IllegalStateException("no block follows block " + before);
      }
    }
  }

  @Override
  public void close() {
    node.close();
    life.end();
  }
}
