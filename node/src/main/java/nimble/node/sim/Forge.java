package nimble.node.sim;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.LongSupplier;
import nimble.chain.Block;
import nimble.genesis.Genesis;
import nimble.node.Node;
import nimble.node.Site;
import nimble.node.Upkeep;
import nimble.node.chain.Reporter;
import nimble.node.chain.SeenVotes;
import nimble.node.devnet.NodeKeys;
import nimble.node.loop.Inbox;
import nimble.node.loop.Timers;
import nimble.node.net.PeerMemory;
import nimble.node.signing.SigningGuard;
import nimble.node.work.Compute;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.storage.BlobStore;
import nimble.storage.Database;
import nimble.storage.Shelf;
import nimble.storage.VoteLog;
import nimble.vm.Machine;
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
            new ForgeSite(database, upkeep, validator),
            new Node.Listeners(
                Reporter.SILENT, block -> listener.finalized(self[0], block), (_, _) -> {}));
    self[0] = node;
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

  private final class ForgeSite implements Site {
    private final Disk disk = new Disk(true, sim.random()::nextLong);
    private final SimNetwork wires = new SimNetwork(sim, Weather.calm());
    private final Machine machine = new ReferenceMachine();
    private final Database database;
    private final Upkeep upkeep;
    private final NodeKeys keys;

    private ForgeSite(Database database, Upkeep upkeep, NodeKeys keys) {
      this.database = database;
      this.upkeep = upkeep;
      this.keys = keys;
    }

    @Override
    public <I> Inbox<I> inbox(String name, int inboxMax) {
      return new SimInbox<>(life, name, inboxMax);
    }

    @Override
    public Timers timers() {
      return life::after;
    }

    @Override
    public Network network(Hello hello, LongSupplier height, NetworkListener listener) {
      return wires.join(
          keys.hot().publicKey(),
          PeerAddress.of("forge", Member.PORT).withPeer(keys.hot().publicKey()),
          hello,
          height,
          listener);
    }

    @Override
    public Database database() {
      return database;
    }

    @Override
    public Upkeep upkeep() {
      return upkeep;
    }

    @Override
    public Optional<VoteLog.Opened> voteLog() {
      return disk.voteLog();
    }

    @Override
    public SigningGuard signingGuard() {
      return disk.signingGuard();
    }

    @Override
    public PeerMemory peerMemory() {
      return disk.peers(keys.hot().publicKey());
    }

    @Override
    public BlobStore blobs() {
      return disk.blobs();
    }

    @Override
    public Shelf shelf() {
      return disk.shelf();
    }

    @Override
    public SeenVotes seenVotes() {
      return new SeenVotes();
    }

    @Override
    public Compute compute() {
      return (_, done) -> done.accept(null, new IllegalStateException("a forge does no work"));
    }

    @Override
    public Machine machine() {
      return machine;
    }
  }
}
