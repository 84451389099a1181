package nimble.node;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import nimble.genesis.Genesis;
import nimble.node.chain.Reporter;
import nimble.node.loop.Inbox;
import nimble.node.sync.SnapshotTrust;
import nimble.node.sync.StateSync;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;

/// A [StateSync] with a network of its own, from its beginning to its end: before there is a node.
public final class StateSyncRun {
  private static final int INBOX_MAX = 4_096;
  private static final long LOOK_MILLIS = 200;

  private StateSyncRun() {}

  /// @param broken whether an owner of the site has failed
  public static StateSync.Result run(
      Site site,
      SnapshotTrust trust,
      List<PeerAddress> peers,
      Reporter reporter,
      BooleanSupplier broken)
      throws IOException, InterruptedException {
    Inbox<StateSync.Input> inbox = site.inbox("sync", INBOX_MAX);
    LinkedBlockingQueue<StateSync.Result> done = new LinkedBlockingQueue<>();
    try (Network network =
        site.network(
            hello(trust.genesis()),
            () -> 0,
            event -> inbox.offer(new StateSync.Input.Network(event)))) {
      inbox.start(
          new StateSync(
              new StateSync.Parts(
                  site.database(),
                  trust,
                  peers,
                  site.peerMemory().salt(),
                  network,
                  site.timers(),
                  reporter,
                  done::add),
              inbox));
      inbox.must(new StateSync.Input.Started());
      StateSync.Result result = null;
      while (result == null) {
        result = done.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (result == null && broken.getAsBoolean()) {
          result = new StateSync.Failed("the node broke");
        }
      }
      inbox.stop();
      return result;
    }
  }

  private static Hello hello(Genesis genesis) {
    return new Hello(
        genesis.chain(),
        genesis.hash(),
        Hello.PROTOCOL,
        Hello.PROTOCOL,
        0,
        Optional.empty(),
        EnumSet.noneOf(Role.class),
        "nimble/" + Version.NUMBER);
  }
}
