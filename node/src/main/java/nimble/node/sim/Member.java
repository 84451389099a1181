package nimble.node.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import nimble.node.Node;
import nimble.node.Upkeep;
import nimble.node.chain.SeenVotes;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.PeerAddress;
import nimble.p2p.sim.SimNetwork;
import nimble.sim.Sim;
import nimble.storage.StorageFailure;
import nimble.types.PublicKey;
import nimble.vm.Machine;

/// A node of the world over all its lives.
final class Member {
  /// Hears what each node hears, as it comes.
  @FunctionalInterface
  interface Wiretap {
    void heard(PublicKey by, PublicKey from, Message message);
  }

  /// What all members live in.
  ///
  /// @param machines on which they compute, by their names
  record Surroundings(
      Sim sim,
      SimNetwork wires,
      SeenVotes seenVotes,
      Trace trace,
      Referee referee,
      Wiretap wiretap,
      Function<String, Machine> machines) {}

  private record Running(Life life, Node node) {}

  static final int PORT = 7040;
  private static final int CLOCK_MILLIS_MAX = 100;

  private final String name;
  private final Node.Identity identity;
  private final Disk disk;
  private final Surroundings around;
  private final UnaryOperator<Network> tongue;
  private final long clockAheadMillis;
  private Optional<Running> running = Optional.empty();
  private boolean lost;

  Member(String name, Node.Identity identity, Surroundings around) {
    this(name, identity, around, UnaryOperator.identity());
  }

  /// @param tongue through which its node speaks
  Member(String name, Node.Identity identity, Surroundings around, UnaryOperator<Network> tongue) {
    this.name = name;
    this.identity = identity;
    this.around = around;
    this.tongue = tongue;
    this.disk = new Disk(identity.voteKey().isPresent(), around.sim().random()::nextLong);
    this.clockAheadMillis =
        around.sim().random().nextLong(-CLOCK_MILLIS_MAX, CLOCK_MILLIS_MAX + 1L);
  }

  String name() {
    return name;
  }

  /// Where a node of this name and key listens.
  static PeerAddress address(String name, PublicKey key) {
    return PeerAddress.of(name, PORT).withPeer(key);
  }

  private PeerAddress address() {
    return address(name, identity.hotKey().publicKey());
  }

  Node.Identity identity() {
    return identity;
  }

  boolean votes() {
    return identity.voteKey().isPresent();
  }

  boolean isUp() {
    return running.isPresent();
  }

  /// It will not come back.
  boolean isLost() {
    return lost;
  }

  Node node() {
    return running.orElseThrow(() -> new IllegalStateException(name + " is down")).node();
  }

  Disk disk() {
    return disk;
  }

  void start() {
    if (votes()) {
      disk.beginVotes();
    }
    Life life = new Life(name, around.sim(), around.trace(), clockAheadMillis, this::broke);
    SimSite site =
        new SimSite(
            life,
            disk,
            disk.database(),
            Upkeep.FULL,
            around.wires(),
            address(),
            around.seenVotes(),
            identity.hotKey().publicKey(),
            tongue,
            around.wiretap(),
            around.machines().apply(name));
    try {
      Node node = Node.start(identity, site, around.referee().listeners(this));
      running = Optional.of(new Running(life, node));
      around.referee().started(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// From one moment to the next (W2).
  void crash() {
    running.ifPresent(it -> it.life().end());
    running = Optional.empty();
    around.wires().crash(identity.hotKey().publicKey());
    disk.crash(around.sim().random());
  }

  void lose() {
    lost = true;
    crash();
  }

  /// W5: an owner breaks for no other reason than a cut of the power.
  private void broke(String owner, Throwable cause) {
    if (disk.isCutting() && isPowerCut(cause)) {
      around.trace().tell("%s loses power while it writes".formatted(name));
      crash();
    } else {
      throw new AssertionError("%s-%s stopped: %s".formatted(name, owner, cause), cause);
    }
  }

  private static boolean isPowerCut(Throwable cause) {
    return cause instanceof StorageFailure;
  }

  /// In order.
  void stop() {
    running.ifPresent(it -> {
      it.node().close();
      it.life().end();
    });
    running = Optional.empty();
  }
}
