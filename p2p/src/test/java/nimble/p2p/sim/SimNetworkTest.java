package nimble.p2p.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.p2p.Hello;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Mesh;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkEvent.Misbehaved;
import nimble.p2p.NetworkEvent.PeerConnected;
import nimble.p2p.NetworkEvent.PeerDisconnected;
import nimble.p2p.NetworkEvent.Received;
import nimble.p2p.NetworkEvent.Refused;
import nimble.p2p.PeerAddress;
import nimble.p2p.Samples;
import nimble.p2p.Sent;
import nimble.sim.Seeds;
import nimble.sim.Sim;
import nimble.types.Hash;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class SimNetworkTest {
  /// A node that keeps a mesh and counts to everyone.
  private static final class Counter {
    final World world;
    final PublicKey id;
    final Mesh mesh;
    final Network port;
    final TreeMap<PublicKey, Long> lastHeard = new TreeMap<>();
    final TreeMap<PublicKey, Boolean> connected = new TreeMap<>();
    long count;

    Counter(World world, int number) {
      this.world = world;
      id = Samples.peer(number);
      mesh = new Mesh(id);
      port =
          world.network.join(
              id, PeerAddress.of("sim", 1 + number), Samples.hello(), () -> count, this::heard);
    }

    void start() {
      TreeMap<PublicKey, PeerAddress> all = new TreeMap<>();
      for (int i = 0; i < World.NODES; i++) {
        all.put(Samples.peer(i), PeerAddress.of("sim", 1 + i));
      }
      dial(new Mesh.Wanted(all));
      tick();
    }

    private void dial(Mesh.Input input) {
      mesh.step(input, world.sim.nowMillis()).forEach(port::connect);
    }

    private void tick() {
      dial(new Mesh.Ticked());
      count++;
      for (PublicKey peer : port.peers()) {
        port.send(peer, Lane.CONTROL, new Message(Kind.VOTE, Bytes.ofU64(count)));
      }
      world.sim.after(50, this::tick);
    }

    private boolean heard(NetworkEvent event) {
      world.trace.add(world.sim.nowMillis() + " " + id.bytes().at(1) + " " + event);
      switch (event) {
        case PeerConnected(PublicKey peer, Hello hello, boolean outbound, var _) -> {
          assertTrue(connected.put(peer, true) == null, "connected twice");
          dial(new Mesh.Connected(peer));
        }
        case PeerDisconnected(PublicKey peer, String reason) -> {
          assertTrue(connected.remove(peer) != null, "disconnected, but was not connected");
          dial(new Mesh.Disconnected(peer));
        }
        case Received(PublicKey peer, Lane lane, Message message) -> {
          assertTrue(connected.containsKey(peer), "heard from a stranger");
          long heard = message.payload().u64At(0);
          assertTrue(heard > lastHeard.getOrDefault(peer, 0L), "out of order");
          lastHeard.put(peer, heard);
        }
        case Refused refused -> {}
        case Misbehaved misbehaved -> throw new AssertionError(misbehaved);
      }
      return true;
    }
  }

  private static final class World {
    static final int NODES = 5;

    final Sim sim;
    final SimNetwork network;
    final List<String> trace = new ArrayList<>();
    final List<Counter> nodes = new ArrayList<>();

    World(long seed, Weather weather) {
      sim = new Sim(seed);
      network = new SimNetwork(sim, weather);
      for (int i = 0; i < NODES; i++) {
        nodes.add(new Counter(this, i));
      }
      nodes.forEach(Counter::start);
    }

    boolean isFullMesh() {
      return nodes.stream().allMatch(node -> node.connected.size() == NODES - 1);
    }
  }

  @Test
  void p6OrderHoldsThroughStormsAndPartitionsAndTheMeshHeals() {
    Seeds.forEach(
        40,
        random -> {
          World world = new World(random.nextLong(), Weather.stormy());
          world.sim.runUntil(world::isFullMesh);
          List<PublicKey> island = List.of(Samples.peer(0), Samples.peer(3));
          world.network.split(List.of(island));
          world.sim.runUntil(() ->
              world.nodes.get(0).connected.keySet().stream().allMatch(Samples.peer(3)::equals));
          long cut = world.sim.nowMillis();
          world.sim.runUntil(() -> world.sim.nowMillis() > cut + 3_000);
          world.network.heal();
          world.network.change(Weather.calm());
          world.sim.runUntil(world::isFullMesh);
          assertTrue(world.sim.nowMillis() < cut + 60_000);
        });
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    List<List<String>> traces = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      World world = new World(7, Weather.stormy());
      world.sim.runUntil(() -> world.sim.nowMillis() > 20_000);
      traces.add(world.trace);
    }
    assertEquals(traces.get(0), traces.get(1));
    assertTrue(traces.get(0).size() > 1_000);
  }

  @Test
  void aCrashedNodeIsMissedAndMayJoinAgain() {
    World world = new World(1, Weather.calm());
    world.sim.runUntil(world::isFullMesh);
    world.network.crash(Samples.peer(2));
    world.sim.runUntil(() ->
        world.nodes.stream()
            .noneMatch(
                n -> n.connected.containsKey(Samples.peer(2)) && !n.id.equals(Samples.peer(2))));
    Counter again = new Counter(world, 2);
    again.count = 1_000_000;
    world.nodes.set(2, again);
    again.start();
    world.sim.runUntil(world::isFullMesh);
  }

  private static final PeerAddress HERE = PeerAddress.of("sim", 1);
  private static final PeerAddress THERE = PeerAddress.of("sim", 2);

  private final Sim sim = new Sim(1);
  private final SimNetwork network = new SimNetwork(sim, Weather.calm());
  private final List<NetworkEvent> here = new ArrayList<>();
  private final List<NetworkEvent> there = new ArrayList<>();

  private Network join(int number, PeerAddress at, Hello hello, List<NetworkEvent> events) {
    return network.join(Samples.peer(number), at, hello, () -> 0, events::add);
  }

  @Test
  void p5AnotherGenesisIsRefusedOnBothSides() {
    Hash other =
        new Hash(
            Bytes.wrap(
                new byte[] {
                  1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                  0, 0, 0, 0, 0
                }));
    Network a = join(1, HERE, Samples.hello(), here);
    join(2, THERE, Samples.hello("test", other, 1), there);
    a.connect(THERE);
    sim.runUntil(() -> !here.isEmpty() && !there.isEmpty());
    String reason = "its genesis is 000000000000, this node's is 010000000000";
    assertEquals(List.of(new Refused("sim:1", reason)), there);
    assertEquals(List.of(new Refused("sim:2", "it said: " + reason)), here);
  }

  @Test
  void whatWasSentBeforeAnOrderlyEndArrives() {
    Network a = join(1, HERE, Samples.hello(), here);
    join(2, THERE, Samples.hello(), there);
    a.connect(THERE);
    sim.runUntil(() -> !here.isEmpty());
    Message vote = new Message(Kind.VOTE, Bytes.utf8("last"));
    assertEquals(Sent.QUEUED, a.send(Samples.peer(2), Lane.CONTROL, vote));
    a.close();
    sim.runUntil(() -> there.size() == 3);
    assertEquals(new Received(Samples.peer(1), Lane.CONTROL, vote), there.get(1));
    assertEquals(new PeerDisconnected(Samples.peer(1), "it said: the node stops"), there.get(2));
    assertEquals(Sent.NOT_CONNECTED, a.send(Samples.peer(2), Lane.CONTROL, vote));
  }

  @Test
  void p8AFullListenerHoldsItsLaneBack() {
    Network a = join(1, HERE, Samples.hello(), here);
    boolean[] full = {true};
    network.join(
        Samples.peer(2),
        THERE,
        Samples.hello(),
        () -> 0,
        event ->
            !(full[0] && event instanceof Received received && received.lane() == Lane.BULK)
                && there.add(event));
    a.connect(THERE);
    sim.runUntil(() -> !here.isEmpty());
    Message tensor = new Message(Kind.TENSOR, Bytes.wrap(new byte[1 << 20]));
    int queued = 0;
    while (a.send(Samples.peer(2), Lane.BULK, tensor) == Sent.QUEUED) {
      queued++;
    }
    assertEquals(256, queued);
    Message vote = new Message(Kind.VOTE, Bytes.utf8("passes"));
    a.send(Samples.peer(2), Lane.CONTROL, vote);
    sim.runUntil(() -> there.size() == 2);
    assertEquals(new Received(Samples.peer(1), Lane.CONTROL, vote), there.get(1));
    full[0] = false;
    sim.runUntil(() -> there.size() == 2 + 256);
  }
}
