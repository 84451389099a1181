package nimble.node.wide;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import nimble.chain.MoneyCall.Transfer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.genesis.Parameters;
import nimble.node.Node;
import nimble.node.chain.Reporter;
import nimble.node.devnet.ChainWatch;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.node.devnet.Purse;
import nimble.node.site.Plant;
import nimble.node.site.RealSite;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.netty.Settings;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.FileVoteLog;
import nimble.vm.reference.ReferenceMachine;

/// One validator of a wide network, in a process of its own. Says `final HEIGHT MILLIS LATENCY` for
/// each final block and `paid MILLIS` for each transfer; hears `pay COUNT`; ends with its input.
public final class WideNode {
  static final int PORT = 7040;
  private static final long PAUSE_MILLIS = 150;

  private final Devnet devnet;
  private final int index;
  private final Path home;
  private final PrintStream out = System.out;
  private final ChainWatch watch = new ChainWatch();

  private WideNode(Devnet devnet, int index, Path home) {
    this.devnet = devnet;
    this.index = index;
    this.home = home;
  }

  /// The network that a seed stands for: every process makes the same.
  static Devnet devnet(Bytes seed, int validators, long timeMillis) {
    return Devnet.create(seed, validators, 0, timeMillis, Parameters.devnet());
  }

  /// @param arguments seed, validators, time of the genesis, index, directory
  public static void main(String[] arguments) throws Exception {
    Devnet devnet =
        devnet(
            Bytes.hex(arguments[0]), Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
    new WideNode(devnet, Integer.parseInt(arguments[3]), Path.of(arguments[4])).run();
    System.exit(0);
  }

  private void run() throws IOException, DataDirectory.Refused, InterruptedException, Malformed {
    String chain = devnet.genesis().chain().value();
    DataDirectory.create(home, chain, devnet.genesis().hash());
    try (DataDirectory data = DataDirectory.open(home, chain, devnet.genesis().hash());
        Plant plant = new Plant(1, new ReferenceMachine())) {
      FileVoteLog.create(data.votes()).close();
      try (RealSite site = site(plant, data);
          Node node = start(site)) {
        say("ready");
        listen(node);
      }
    }
  }

  private RealSite site(Plant plant, DataDirectory data) throws IOException {
    return new RealSite(
        "validator" + index,
        plant,
        keys().hot(),
        Settings.at(Wires.address(index), PORT),
        data,
        true,
        (owner, cause) -> {
          cause.printStackTrace();
          Runtime.getRuntime().halt(2);
        });
  }

  private NodeKeys keys() {
    return devnet.validators().get(index);
  }

  private Node start(RealSite site) throws IOException {
    List<PeerAddress> others = new ArrayList<>();
    for (int i = 0; i < devnet.validators().size(); i++) {
      if (i != index) {
        others.add(
            PeerAddress.of(Wires.address(i), PORT)
                .withPeer(devnet.validators().get(i).hot().publicKey()));
      }
    }
    AtomicInteger peers = new AtomicInteger();
    Reporter reporter =
        (level, event, pairs) -> {
          if (level.compareTo(Reporter.Level.WARN) >= 0) {
            System.err.println("%d %s %s %s".formatted(peers.get(), index, event, List.of(pairs)));
          }
        };
    return Node.start(
        new Node.Identity(
            devnet.genesis(),
            keys().hot(),
            Optional.of(keys().vote()),
            EnumSet.of(Role.VALIDATOR),
            others),
        site,
        new Node.Listeners(
            reporter,
            block -> {
              long now = System.currentTimeMillis();
              say(
                  "final %d %d %d"
                      .formatted(
                          block.header().height().value(), now, now - block.header().timeMillis()));
              watch.finalized(block);
            },
            (_, _) -> {}));
  }

  private void listen(Node node) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("pay ")) {
        int count = Integer.parseInt(line.substring("pay ".length()));
        Thread.ofPlatform().daemon().name("payer").start(() -> pay(node, count));
      }
    }
  }

  private void pay(Node node, int count) {
    Purse purse = new Purse(node, watch, keys().account());
    try {
      for (int i = 0; i < count; i++) {
        long begun = System.nanoTime();
        purse.run(new Transfer(devnet.developer().address(), 1, Bytes.EMPTY));
        say("paid " + (System.nanoTime() - begun) / 1_000_000);
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void say(String line) {
    out.println(line);
    out.flush();
  }
}
