package nimble.node.site;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import nimble.check.Invariant;
import nimble.crypto.SigningKey;
import nimble.light.Checkpoint;
import nimble.node.Site;
import nimble.node.Upkeep;
import nimble.node.chain.PoolFile;
import nimble.node.chain.SeenVotes;
import nimble.node.loop.Inbox;
import nimble.node.loop.Loop;
import nimble.node.loop.Timers;
import nimble.node.metrics.DiskUse;
import nimble.node.net.PeerMemory;
import nimble.node.signing.SigningGuard;
import nimble.node.sync.Snapshots;
import nimble.node.work.Compute;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.RelayPolicy;
import nimble.p2p.netty.NettyNetwork;
import nimble.p2p.netty.Settings;
import nimble.storage.BlobStore;
import nimble.storage.Database;
import nimble.storage.Place;
import nimble.storage.Shelf;
import nimble.storage.VoteLog;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.FileBlobStore;
import nimble.storage.file.FileShelf;
import nimble.storage.file.FileVoteLog;
import nimble.storage.file.MarkedDatabase;
import nimble.storage.file.PowerLoss;
import nimble.storage.rocks.RocksDatabase;
import nimble.vm.Machine;

/// One node's place on this machine: its data directory, its port, its share of the plant.
public final class RealSite implements Site, AutoCloseable {
  private static final int OPEN_FILES_MAX = 256;
  private static final long BLOB_BYTES_MAX = 8L << 30;
  private static final long EVIDENCE_BYTES_MAX = 1L << 30;

  /// Miners offer half of a machine, the heap and the database's caches want the rest.
  private static final int AUDIT_SHARE = 4;

  /// Where the system does not tell how much it has.
  private static final long AUDIT_BYTES_MAX = 1L << 30;

  private final String name;
  private final Plant plant;
  private final SigningKey hotKey;
  private final Settings listen;
  private final DataDirectory directory;

  /// Where it is noted what is not synced, in crash runs (K7).
  private final Optional<Path> notes;

  private final Database database;
  private final FileBlobStore blobs;
  private final FileShelf shelf;
  private Optional<VoteLog.Opened> voteLog;
  private Optional<SigningGuard> guard = Optional.empty();
  private boolean votesAnyway;

  /// A thread of the system: a virtual one that waits for a disk takes a second thread to stand in
  /// for its carrier, twice a block.
  private final ExecutorService beside;

  private Optional<Checkpoint> trusted = Optional.empty();
  private final BiConsumer<String, Throwable> onFailure;
  private final Upkeep upkeep;
  private final Snapshots snapshots;
  private final StopMark.Last lastStop;
  private volatile boolean failed;
  private Optional<PeerAddress> address = Optional.empty();

  /// @param name of the node, for threads and logs
  /// @param votes whether the node may vote: then `votes/` holds its log
  public RealSite(
      String name,
      Plant plant,
      SigningKey hotKey,
      Settings listen,
      DataDirectory directory,
      boolean votes,
      BiConsumer<String, Throwable> onFailure)
      throws IOException {
    this(name, plant, hotKey, listen, directory, votes, Upkeep.FULL, onFailure);
  }

  public RealSite(
      String name,
      Plant plant,
      SigningKey hotKey,
      Settings listen,
      DataDirectory directory,
      boolean votes,
      Upkeep upkeep,
      BiConsumer<String, Throwable> onFailure)
      throws IOException {
    this.name = name;
    this.plant = plant;
    this.hotKey = hotKey;
    this.listen = listen;
    this.directory = directory;
    this.onFailure =
        (owner, cause) -> {
          failed = true;
          onFailure.accept(owner, cause);
        };
    this.upkeep = upkeep;
    this.snapshots = Snapshots.open(directory.snapshots());
    this.lastStop = StopMark.take(directory.path());
    this.beside =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name(name + "-beside").daemon().factory());
    this.notes =
        Optional.of(PowerLoss.notes(directory.path())).filter(folder -> Files.isDirectory(folder));
    Database rocks = RocksDatabase.open(directory.database(), plant.memory(), OPEN_FILES_MAX);
    this.database =
        notes
            .<Database>map(folder -> new MarkedDatabase(rocks, directory.database(), folder))
            .orElse(rocks);
    this.blobs = FileBlobStore.open(directory.blobs(), BLOB_BYTES_MAX);
    this.shelf = FileShelf.open(directory.evidence(), EVIDENCE_BYTES_MAX);
    this.voteLog =
        !votes
            ? Optional.empty()
            : notes
                .map(folder -> FileVoteLog.open(directory.votes(), folder))
                .orElseGet(() -> FileVoteLog.open(directory.votes()));
  }

  @Override
  public <I> Inbox<I> inbox(String owner, int inboxMax) {
    return new Loop<>(name + "-" + owner, inboxMax, onFailure);
  }

  /// The node's identity.
  public SigningKey key() {
    return hotKey;
  }

  @Override
  public RelayPolicy relays() {
    return listen.relays();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Timers timers() {
    return plant.timers();
  }

  @Override
  public Network network(Hello hello, LongSupplier height, NetworkListener listener)
      throws IOException {
    NettyNetwork network =
        NettyNetwork.open(listen, hotKey, hello, height, plant.network(), listener);
    address =
        Optional.of(network.port())
            .filter(port -> port > 0)
            .map(port -> PeerAddress.of(listen.host(), port).withPeer(network.self()));
    return network;
  }

  /// Where its node can be dialled, once that has a network; empty for one that listens nowhere.
  public Optional<PeerAddress> listens() {
    return address;
  }

  /// Of a node that listens somewhere.
  public PeerAddress address() {
    return address.orElseThrow(() -> new IllegalStateException(name + " listens nowhere"));
  }

  /// How the process before this one ended.
  public StopMark.Last lastStop() {
    return lastStop;
  }

  /// Its files.
  public DiskUse disk() {
    return new DiskUse(directory.path());
  }

  @Override
  public Database database() {
    return database;
  }

  @Override
  public Optional<VoteLog.Opened> voteLog() {
    return voteLog;
  }

  /// Begins the vote log where there is none, or only an unused one: nothing below `floor` will be
  /// signed with it.
  public void beginVoteLog(Place floor) {
    Invariant.check(
        voteLog.map(VoteLog.Opened::isUnused).orElse(true), "a vote log with votes in it");
    VoteLog log =
        voteLog.map(VoteLog.Opened::log).orElseGet(() -> FileVoteLog.create(directory.votes()));
    log.raise(floor);
    log.sync();
    voteLog = Optional.of(new VoteLog.Opened(log, List.of()));
  }

  /// The chain must lead over this block from here on (N12).
  public void trust(Checkpoint block) {
    trusted = Optional.of(block);
  }

  @Override
  public Optional<Checkpoint> trusted() {
    return trusted;
  }

  @Override
  public SigningGuard signingGuard() {
    SigningGuard opened =
        guard.orElseGet(() ->
            SigningGuard.open(
                notes
                    .map(folder -> FileVoteLog.files(directory.votes(), folder))
                    .orElseGet(() -> FileVoteLog.files(directory.votes()))));
    guard = Optional.of(opened);
    return opened;
  }

  /// Its node votes although it does not know what the key has signed.
  public void voteAnyway() {
    votesAnyway = true;
  }

  @Override
  public boolean votesAnyway() {
    return votesAnyway;
  }

  @Override
  public PoolFile poolFile() {
    return new DiskPoolFile(directory.path().resolve("mempool"));
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
  public PeerMemory peerMemory() {
    return new FilePeerMemory(directory.peers());
  }

  @Override
  public SeenVotes seenVotes() {
    return new SeenVotes();
  }

  @Override
  public Upkeep upkeep() {
    return upkeep;
  }

  @Override
  public Optional<Snapshots> snapshots() {
    return Optional.of(snapshots);
  }

  @Override
  public Executor checkers() {
    return plant.checkers();
  }

  @Override
  public Executor beside() {
    return beside;
  }

  @Override
  public Compute compute() {
    return plant.compute();
  }

  /// A quarter of what the machine has, or this process's container.
  @Override
  public long auditBytesMax() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize() / AUDIT_SHARE
        : AUDIT_BYTES_MAX;
  }

  @Override
  public Machine machine() {
    return plant.machine();
  }

  /// After the node: what it wrote is on disk already.
  @Override
  public void close() throws IOException {
    beside.close();
    voteLog.ifPresent(opened -> opened.log().close());
    database.close();
    if (!failed) {
      StopMark.leave(directory.path());
    }
    directory.close();
  }
}
