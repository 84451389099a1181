package nimble.node.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.node.Node;
import nimble.node.chain.Reporter;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.types.PublicKey;

/// Validators, in most worlds one that makes blocks alone, and followers, over a simulated network.
final class TestWorld {
  private static final long MILLIS_MAX = 300_000;

  final Sim sim;
  final SimNetwork wires;
  final Devnet devnet;
  private final Map<NodeKeys, Node> nodes = new LinkedHashMap<>();
  private final Map<PublicKey, PeerAddress> addresses = new LinkedHashMap<>();

  private final boolean busy;
  private Reporter reporter = Reporter.SILENT;
  private Consumer<NetworkEvent.Received> ear = _ -> {};

  TestWorld(long seed, int followers) {
    this(seed, 1, followers, false);
  }

  /// @param busy whether work takes time ([BusyInbox])
  TestWorld(long seed, int validators, int followers, boolean busy) {
    this(seed, validators, followers, busy, Parameters.devnet());
  }

  TestWorld(long seed, int validators, int followers, boolean busy, Parameters parameters) {
    this.busy = busy;
    sim = new Sim(seed);
    wires = new SimNetwork(sim, Weather.calm());
    devnet =
        Devnet.create(Bytes.ofU64(seed), validators, followers, TestSite.START_MILLIS, parameters);
  }

  NodeKeys validator() {
    return devnet.validators().getFirst();
  }

  NodeKeys follower(int index) {
    return devnet.miners().get(index);
  }

  /// What every node says from now on.
  void tell(Reporter listener) {
    reporter = listener;
  }

  /// Who hears all messages before the nodes do that are started from now on.
  void overhear(Consumer<NetworkEvent.Received> listener) {
    ear = listener;
  }

  TestSite site(NodeKeys keys) {
    boolean votes = devnet.validators().contains(keys);
    return new TestSite(sim, wires, keys.hot().publicKey(), address(keys), votes, busy, ear);
  }

  /// @param peers to stay connected to
  Node start(NodeKeys keys, NodeKeys... peers) {
    return start(keys, site(keys), peers);
  }

  /// @param site where it may have been before
  Node start(NodeKeys keys, TestSite site, NodeKeys... peers) {
    boolean votes = devnet.validators().contains(keys);
    try {
      Node node =
          Node.start(
              new Node.Identity(
                  devnet.genesis(),
                  keys.hot(),
                  votes ? Optional.of(keys.vote()) : Optional.empty(),
                  EnumSet.of(votes ? Role.VALIDATOR : Role.MINER),
                  List.of(peers).stream().map(this::address).toList()),
              site,
              new Node.Listeners(reporter, block -> {}, (slot, progress) -> {}));
      nodes.put(keys, node);
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Somebody with a network and no node behind it.
  Network join(NodeKeys keys, long height, NetworkListener listener) {
    Hello hello =
        new Hello(
            devnet.genesis().chain(),
            devnet.genesis().hash(),
            Hello.PROTOCOL,
            Hello.PROTOCOL,
            0,
            Optional.empty(),
            EnumSet.of(Role.MINER),
            "nimble/test");
    return wires.join(keys.hot().publicKey(), address(keys), hello, () -> height, listener);
  }

  PeerAddress address(NodeKeys keys) {
    PublicKey key = keys.hot().publicKey();
    PeerAddress address =
        addresses.computeIfAbsent(
            key, it -> PeerAddress.of("10.0.0." + (addresses.size() + 1), 7040));
    return address.withPeer(key);
  }

  /// Every node has finalized at least `height`.
  boolean haveReached(long height) {
    return nodes.values().stream().allMatch(node -> node.chain().height() >= height);
  }

  void runUntil(String what, BooleanSupplier done) {
    long end = sim.nowMillis() + MILLIS_MAX;
    sim.runUntil(() -> {
      if (sim.nowMillis() > end) {
        throw new AssertionError("seed %d: not after 5 minutes: %s".formatted(sim.seed(), what));
      }
      return done.getAsBoolean();
    });
  }

  void runFor(long millis) {
    long end = sim.nowMillis() + millis;
    sim.after(millis, () -> {});
    sim.runUntil(() -> sim.nowMillis() >= end);
  }
}
