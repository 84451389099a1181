package nimble.node.crash;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.api.v1.BlockView;
import nimble.codec.Malformed;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.devnet.ChildNode;
import nimble.node.files.Mistake;
import nimble.p2p.PeerAddress;

/// One validator over all its lives. One thread uses it; its clients may be borrowed by others.
final class Survivor {
  /// A process, and the client that watches it.
  private record Life(ChildNode process, long startedNanos) {}

  /// Of what was shown before, so many blocks are shown again.
  private static final long AGAIN = 20;

  private static final int CALLS_MAX = 20;

  private final int index;
  private final ChildNode.Order order;
  private final Witness witness;
  private Optional<Life> life = Optional.empty();
  private volatile Optional<NodeClient> client = Optional.empty();

  Survivor(int index, ChildNode.Order order, Witness witness) {
    this.index = index;
    this.order = order;
    this.witness = witness;
  }

  int index() {
    return index;
  }

  ChildNode.Order order() {
    return order;
  }

  /// Where its libraries unpack what they load: who is killed leaves that behind.
  static Path scratch(Path home) {
    return home.resolveSibling(home.getFileName() + "-scratch");
  }

  private void sweep() throws IOException {
    Path scratch = Files.createDirectories(scratch(order.home()));
    try (Stream<Path> left = Files.walk(scratch)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(scratch)) {
          Files.delete(path);
        }
      }
    }
  }

  /// Without waiting until it runs.
  void start() throws IOException {
    sweep();
    long now = System.nanoTime();
    ChildNode process =
        ChildNode.start(order, words -> witness.broke(Broken.of("by itself: %s", words)));
    life = Optional.of(new Life(process, now));
  }

  /// Waits until its API answers, and watches what it shows from then on (K3).
  void meet() throws IOException, InterruptedException, Broken {
    try {
      JsonNode said = current().process().running();
      PeerAddress api = PeerAddress.parse(said.path("api").asText());
      NodeClient known = NodeClient.connect(api.host(), api.port());
      client = Optional.of(known);
      long height = height(known);
      if (height < witness.height(index)) {
        throw Broken.of(
            "%s came back at height %d and had shown %d as final",
            order.name(), height, witness.height(index));
      }
      long from = Math.max(1, height - AGAIN);
      Thread.ofPlatform().daemon().name("watch-" + index).start(() -> watch(known, from));
    } catch (Mistake | Malformed | ClientFailure e) {
      throw new IOException("%s does not answer: %s".formatted(order.name(), e.getMessage()), e);
    }
  }

  /// A busy machine may need more than one call's time.
  private long height(NodeClient known) throws ClientFailure {
    for (int i = 1; ; i++) {
      try {
        return known.status().getFinalizedHeight();
      } catch (ClientFailure e) {
        if (i == CALLS_MAX || e.kind() != ClientFailure.Kind.UNAVAILABLE) {
          throw e;
        }
      }
    }
  }

  private void watch(NodeClient known, long from) {
    try {
      known.watchBlocks(
          from,
          block -> {
            witness.shown(index, block);
            return true;
          });
    } catch (ClientFailure e) {
      // The node's death ends the stream.
    }
  }

  /// Milliseconds since its process was started.
  long ageMillis() {
    return (System.nanoTime() - current().startedNanos()) / 1_000_000;
  }

  /// Of the processors, since then.
  long processorMillis() {
    return current().process().processorTime().toMillis();
  }

  /// While the node lives and answers.
  Optional<NodeClient> client() {
    return client;
  }

  /// K1.
  void kill() throws InterruptedException {
    if (life.isPresent()) {
      life.get().process().kill();
    }
    forget();
  }

  /// Told to by SIGTERM; returns the exit code.
  int terminate() throws InterruptedException {
    int code = current().process().terminate();
    forget();
    return code;
  }

  private void forget() {
    client.ifPresent(NodeClient::close);
    client = Optional.empty();
    life = Optional.empty();
  }

  /// The whole chain once more, from its beginning (K6).
  void showAll(long to) throws ClientFailure {
    NodeClient known = client.orElseThrow();
    known.watchBlocks(
        1,
        (BlockView block) -> {
          witness.shown(index, block);
          return block.getHeight() < to;
        });
  }

  private Life current() {
    return life.orElseThrow(() -> new IllegalStateException(order.name() + " is dead"));
  }
}
