package nimble.node.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.genesis.Genesis;
import nimble.node.Node;
import nimble.node.StateSyncRun;
import nimble.node.Upkeep;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Reporter;
import nimble.node.files.Json;
import nimble.node.site.Plant;
import nimble.node.site.RealSite;
import nimble.node.sync.SnapshotExport;
import nimble.node.sync.SnapshotTrust;
import nimble.node.sync.StateSync;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.netty.Settings;
import nimble.storage.file.DataDirectory;
import nimble.storage.rocks.RocksDatabase;
import nimble.storage.rocks.RocksMemory;
import nimble.vm.reference.ReferenceMachine;

/// How long a new node needs to join a long chain: by a snapshot from several peers, and block by
/// block. Peers and node share the machine and speak over the loopback; the node's disk is synced.
public final class SyncBench {
  private static final int PEERS = 3;
  private static final long LOOK_MILLIS = 20;
  private static final double MILLIS = 1_000.0;
  private static final long CACHE_BYTES = 256L << 20;
  private static final long WRITE_BUFFER_BYTES = 64L << 20;
  private static final int OPEN_FILES_MAX = 512;

  /// @param directory what is made there is used again
  /// @param measured blocks to fetch when joining block by block
  public record Order(Path directory, long blocks, long accounts, long measured) {}

  private final Order order;
  private final PrintWriter out;
  private final LongChain chain;
  private final Genesis genesis;
  private final ObjectNode figures = Json.object();
  private final List<RealSite> sites = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();

  public SyncBench(Order order, PrintWriter out) {
    this.order = order;
    this.out = out;
    this.chain = new LongChain(order.accounts());
    this.genesis = chain.genesis();
  }

  public ObjectNode run() throws IOException, DataDirectory.Refused, InterruptedException {
    figures
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("blocks", order.blocks())
        .put("accounts", order.accounts());
    Path source =
        order.directory().resolve("chain-%d-%d".formatted(order.blocks(), order.accounts()));
    generate(source);
    export(source);
    try (Plant plant = new Plant(2, new ReferenceMachine())) {
      try {
        serve(source, plant);
        joinByState(plant);
        joinByBlocks(plant);
      } finally {
        nodes.reversed().forEach(Node::close);
        for (RealSite site : sites.reversed()) {
          site.close();
        }
      }
    }
    return figures;
  }

  private static double seconds(long sinceNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos) / MILLIS;
  }

  private void note(String what, double value) {
    figures.put(what, value);
    out.println("%s: %s".formatted(what, value));
    out.flush();
  }

  private void generate(Path source) throws IOException {
    if (Files.exists(source.resolve("made"))) {
      return;
    }
    delete(source);
    long start = System.nanoTime();
    try (RocksMemory memory = new RocksMemory(CACHE_BYTES, WRITE_BUFFER_BYTES);
        Unsynced database =
            new Unsynced(RocksDatabase.open(source.resolve("db"), memory, OPEN_FILES_MAX))) {
      chain.grow(database, order.blocks(), Upkeep.FULL);
    }
    note("generateSeconds", seconds(start));
    Files.createFile(source.resolve("made"));
  }

  private void export(Path source) {
    try (RocksMemory memory = new RocksMemory(CACHE_BYTES, WRITE_BUFFER_BYTES);
        RocksDatabase database = RocksDatabase.open(source.resolve("db"), memory, OPEN_FILES_MAX)) {
      FinalizedChain made = new FinalizedChain(database);
      Path target = source.resolve("snapshots").resolve(Long.toString(made.height()));
      if (!Files.exists(target)) {
        long start = System.nanoTime();
        SnapshotExport.Written written =
            SnapshotExport.write(database, made, target, () -> false).orElseThrow();
        note("snapshotSeconds", seconds(start));
        note("snapshotBytes", (double) written.snapshot().bytes());
        note("snapshotEntries", (double) written.snapshot().entries());
      }
    }
  }

  /// Each peer has its own database, which begins as hard links to the one that was made.
  private void serve(Path source, Plant plant) throws IOException, DataDirectory.Refused {
    for (int peer = 0; peer < PEERS; peer++) {
      Path home = fresh("peer" + peer);
      try (RocksMemory memory = new RocksMemory(CACHE_BYTES, WRITE_BUFFER_BYTES);
          RocksDatabase database =
              RocksDatabase.open(source.resolve("db"), memory, OPEN_FILES_MAX)) {
        Files.delete(home.resolve("db"));
        database.checkpoint(home.resolve("db"));
      }
      link(source.resolve("snapshots"), home.resolve("snapshots"));
      start(site("peer" + peer, home, plant), List.of());
    }
  }

  private Path fresh(String name) throws IOException, DataDirectory.Refused {
    Path home = order.directory().resolve(name);
    delete(home);
    DataDirectory.create(home, genesis.chain().value(), genesis.hash());
    return home;
  }

  private RealSite site(String name, Path home, Plant plant)
      throws IOException, DataDirectory.Refused {
    RealSite site =
        new RealSite(
            name,
            plant,
            key(name),
            Settings.at("127.0.0.1", 0),
            DataDirectory.open(home, genesis.chain().value(), genesis.hash()),
            false,
            (owner, cause) -> out.println("%s broke: %s".formatted(owner, cause)));
    sites.add(site);
    return site;
  }

  private static SigningKey key(String name) {
    return SigningKey.fromSeed(Hashing.of("sync-bench", Bytes.utf8(name)).bytes());
  }

  private Node start(RealSite site, List<PeerAddress> peers) throws IOException {
    Node node =
        Node.start(
            new Node.Identity(
                genesis, site.key(), Optional.empty(), EnumSet.noneOf(Role.class), peers),
            site,
            new Node.Listeners(Reporter.SILENT, _ -> {}, (_, _) -> {}));
    nodes.add(node);
    return node;
  }

  private List<PeerAddress> peers() {
    return sites.subList(0, PEERS).stream().map(RealSite::address).toList();
  }

  private void joinByState(Plant plant)
      throws IOException, DataDirectory.Refused, InterruptedException {
    RealSite site = site("joiner-state", fresh("joiner-state"), plant);
    long start = System.nanoTime();
    StateSync.Result result =
        StateSyncRun.run(
            site,
            new SnapshotTrust(genesis, Optional.empty()),
            peers(),
            (_, event, pairs) -> out.println("%s %s".formatted(event, Arrays.toString(pairs))),
            () -> false);
    note("stateSeconds", seconds(start));
    if (result instanceof StateSync.Failed(String reason)) {
      throw new IOException(reason);
    }
    Node node = start(site, peers());
    await(node, order.blocks());
    note("joinSeconds", seconds(start));
  }

  private void joinByBlocks(Plant plant)
      throws IOException, DataDirectory.Refused, InterruptedException {
    long measured = Math.min(order.measured(), order.blocks());
    if (measured == 0) {
      return;
    }
    RealSite site = site("joiner-blocks", fresh("joiner-blocks"), plant);
    long start = System.nanoTime();
    Node node = start(site, peers());
    await(node, measured);
    double took = seconds(start);
    note("blocksMeasured", (double) node.chain().height());
    note("blocksPerSecond", node.chain().height() / took);
  }

  private static void await(Node node, long height) throws InterruptedException {
    while (node.chain().height() < height) {
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static void link(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.sorted().toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.createLink(target, path);
        }
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted().toList().reversed()) {
          Files.delete(path);
        }
      }
    }
  }
}
