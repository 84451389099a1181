package nimble.node.net;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import nimble.node.Site;
import nimble.node.chain.PoolFile;
import nimble.node.chain.SeenVotes;
import nimble.node.loop.Inbox;
import nimble.node.loop.Timers;
import nimble.node.signing.SigningGuard;
import nimble.node.work.Compute;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.sim.SimNetwork;
import nimble.sim.Sim;
import nimble.storage.BlobStore;
import nimble.storage.Database;
import nimble.storage.SegmentedVoteLog;
import nimble.storage.Shelf;
import nimble.storage.VoteLog;
import nimble.storage.mem.MemoryBlobStore;
import nimble.storage.mem.MemoryDatabase;
import nimble.storage.mem.MemorySegmentDirectory;
import nimble.storage.mem.MemoryShelf;
import nimble.types.PublicKey;
import nimble.vm.Machine;
import nimble.vm.reference.ReferenceMachine;

/// A node in a simulated world whose disks live in memory.
final class TestSite implements Site {
  static final long START_MILLIS = 1_790_000_000_000L;
  private static final int SEGMENT_BYTES = 256 << 10;

  private final Sim sim;
  private final SimNetwork wires;
  private final PublicKey self;
  private final PeerAddress listen;
  private final boolean busy;
  private final Consumer<NetworkEvent.Received> ear;
  private final PoolFile poolFile = PoolFile.inMemory();
  private final MemoryDatabase database = new MemoryDatabase();
  private final MemoryBlobStore blobs = new MemoryBlobStore(64L << 20);
  private final MemoryShelf shelf = new MemoryShelf(64L << 20);
  private final MemoryOfPeers peers;
  private final MemorySegmentDirectory directory = new MemorySegmentDirectory();
  private final Optional<VoteLog.Opened> voteLog;
  private final Optional<SigningGuard> guard;

  /// @param busy whether its work takes time
  /// @param ear hears all messages before the node does
  TestSite(
      Sim sim,
      SimNetwork wires,
      PublicKey self,
      PeerAddress listen,
      boolean votes,
      boolean busy,
      Consumer<NetworkEvent.Received> ear) {
    this.busy = busy;
    this.ear = ear;
    this.sim = sim;
    this.wires = wires;
    this.self = self;
    this.listen = listen;
    this.peers = new MemoryOfPeers(self);
    if (votes) {
      SegmentedVoteLog.create(directory, SEGMENT_BYTES, sim.random()::nextLong).close();
      voteLog = SegmentedVoteLog.open(directory, SEGMENT_BYTES, sim.random()::nextLong);
      guard = Optional.of(SigningGuard.open(directory));
    } else {
      voteLog = Optional.empty();
      guard = Optional.empty();
    }
  }

  @Override
  public <I> Inbox<I> inbox(String name, int inboxMax) {
    return busy ? new BusyInbox<>(sim, inboxMax) : new TestInbox<>(sim);
  }

  @Override
  public Timers timers() {
    return sim::after;
  }

  @Override
  public Network network(Hello hello, LongSupplier height, NetworkListener listener) {
    return wires.join(
        self,
        listen,
        hello,
        height,
        event -> {
          if (event instanceof NetworkEvent.Received received) {
            ear.accept(received);
          }
          return listener.offer(event);
        });
  }

  @Override
  public PeerMemory peerMemory() {
    return peers;
  }

  @Override
  public SeenVotes seenVotes() {
    return new SeenVotes();
  }

  @Override
  public Database database() {
    return database;
  }

  @Override
  public Optional<VoteLog.Opened> voteLog() {
    return voteLog;
  }

  @Override
  public SigningGuard signingGuard() {
    return guard.orElseThrow();
  }

  @Override
  public PoolFile poolFile() {
    return poolFile;
  }

  @Override
  public BlobStore blobs() {
    return blobs;
  }

  @Override
  public Shelf shelf() {
    return shelf;
  }

  @Override
  public Executor checkers() {
    return task -> sim.after(1, task);
  }

  @Override
  public Compute compute() {
    return (task, done) -> sim.after(1, () -> done.accept(task.run(), null));
  }

  @Override
  public Machine machine() {
    return new ReferenceMachine();
  }
}
