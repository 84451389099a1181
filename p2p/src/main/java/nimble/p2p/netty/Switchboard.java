package nimble.p2p.netty;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import nimble.p2p.Circuit;
import nimble.p2p.RelayLoad;
import nimble.p2p.Text;
import nimble.p2p.TokenBucket;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// Joins those who dial with the nodes that this one relays for (rules P15 to P17). Lives on the
/// network's loop; from other threads only its load is read.
final class Switchboard {
  /// Two connections of which one waits for the other, or that are joined.
  private static final class Joint {
    private final PublicKey called;
    private final Connection caller;
    private @Nullable Connection taker;

    Joint(PublicKey called, Connection caller) {
      this.called = called;
      this.caller = caller;
    }

    boolean has(Connection connection) {
      return caller == connection || taker == connection;
    }
  }

  /// A node that this one relays for.
  private record Relayed(TokenBucket calls, TokenBucket bytes) {}

  private final NettyNetwork network;
  private final RelayLimits limits;
  private final TreeMap<PublicKey, Relayed> relayed = new TreeMap<>();
  private final TreeMap<Long, Joint> joints = new TreeMap<>();
  private final AtomicInteger circuits = new AtomicInteger();
  private final LongAdder carried = new LongAdder();
  private long number;

  Switchboard(NettyNetwork network, RelayLimits limits) {
    this.network = network;
    this.limits = limits;
  }

  /// From any thread.
  RelayLoad load() {
    return new RelayLoad(circuits.get(), carried.sum());
  }

  /// From now on for these.
  void serve(SortedSet<PublicKey> nodes) {
    for (PublicKey node : List.copyOf(relayed.keySet())) {
      if (!nodes.contains(node)) {
        relayed.remove(node);
        left(node);
      }
    }
    long now = network.nowMillis();
    for (PublicKey node : nodes) {
      relayed.computeIfAbsent(
          node,
          it ->
              new Relayed(
                  new TokenBucket(limits.callsPerSecondMax(), now),
                  new TokenBucket(limits.bytesPerSecond(), now)));
    }
  }

  /// Somebody wants to be joined with `called`, whose control connection is `line`.
  void dialled(Connection caller, PublicKey called, Optional<Connection> line) {
    Relayed node = relayed.get(called);
    if (node == null || line.isEmpty()) {
      refuse(caller, "this node does not relay for %s".formatted(Text.brief(called)));
    } else if (!hasRoom(caller, called)) {
      refuse(caller, "no stream is free to %s here".formatted(Text.brief(called)));
    } else if (node.calls().take(network.nowMillis()) > 0) {
      refuse(caller, "%s is called too often".formatted(Text.brief(called)));
    } else {
      makeRoom(called);
      joints.put(++number, new Joint(called, caller));
      circuits.set(joints.size());
      line.get().write(Circuit.call(number));
      line.get().flush();
    }
  }

  private static void refuse(Connection connection, String reason) {
    connection.end(reason, Connection.Fault.NONE);
  }

  /// Of the circuits among which one has to end for another to `called`; empty when none has to.
  private List<Joint> crowd(PublicKey called) {
    List<Joint> to = joints.values().stream().filter(it -> it.called.equals(called)).toList();
    if (to.size() >= limits.circuitsPerNodeMax()) {
      return to;
    }
    return joints.size() >= limits.circuitsMax() ? List.copyOf(joints.values()) : List.of();
  }

  /// Whether a circuit is free, or an address would still have as many as the caller's with one
  /// less: so none can take them all.
  private boolean hasRoom(Connection caller, PublicKey called) {
    List<Joint> crowd = crowd(called);
    String host = caller.remoteHost();
    long own = crowd.stream().filter(it -> it.caller.remoteHost().equals(host)).count();
    return crowd.isEmpty() || most(crowd).size() > own + 1;
  }

  /// The newest of the most crowded address ends.
  private void makeRoom(PublicKey called) {
    List<Joint> crowd = crowd(called);
    if (!crowd.isEmpty()) {
      refuse(most(crowd).getLast().caller, "others need the stream");
    }
  }

  /// Those of the address with the most, oldest first.
  private static List<Joint> most(List<Joint> crowd) {
    Map<String, List<Joint>> byHost = new LinkedHashMap<>();
    crowd.forEach(
        it -> byHost.computeIfAbsent(it.caller.remoteHost(), _ -> new ArrayList<>()).add(it));
    return byHost.values().stream().max(Comparator.comparingInt(List::size)).orElse(List.of());
  }

  /// The one who was called is there.
  void taken(Connection taker, long call) {
    Joint joint = joints.get(call);
    Relayed node = joint == null ? null : relayed.get(joint.called);
    if (joint == null
        || node == null
        || joint.taker != null
        || !joint.called.equals(taker.peer())) {
      refuse(taker, "nobody waits for this call");
      return;
    }
    joint.taker = taker;
    Connection.join(joint.caller, taker, bytes -> owe(node, bytes));
  }

  private long owe(Relayed node, int bytes) {
    carried.add(bytes);
    return node.bytes().owe(bytes, network.nowMillis());
  }

  /// The node has gone: nothing is relayed to it any more.
  void left(PublicKey node) {
    for (Joint joint : new ArrayList<>(joints.values())) {
      if (joint.called.equals(node)) {
        refuse(joint.caller, "%s is not there any more".formatted(Text.brief(node)));
      }
    }
  }

  /// What was joined with it ends by itself, after what was on its way.
  void ended(Connection connection) {
    joints.values().removeIf(joint -> joint.has(connection));
    circuits.set(joints.size());
  }
}
