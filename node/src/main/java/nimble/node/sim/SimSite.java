package nimble.node.sim;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import nimble.node.Site;
import nimble.node.Upkeep;
import nimble.node.chain.PoolFile;
import nimble.node.chain.SeenVotes;
import nimble.node.loop.Inbox;
import nimble.node.loop.Timers;
import nimble.node.net.PeerMemory;
import nimble.node.signing.SigningGuard;
import nimble.node.work.Compute;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.sim.SimNetwork;
import nimble.storage.BlobStore;
import nimble.storage.Database;
import nimble.storage.Shelf;
import nimble.storage.VoteLog;
import nimble.training.role.Outcome;
import nimble.types.PublicKey;
import nimble.vm.Machine;

/// One process's place in a simulated world.
final class SimSite implements Site {
  private static final int TASK_MILLIS_MAX = 50;
  private static final int CHECK_MILLIS_MAX = 5;

  private final Life life;
  private final Disk disk;
  private final Database database;
  private final Upkeep upkeep;
  private final SimNetwork wires;
  private final PeerAddress listen;
  private final SeenVotes seenVotes;
  private final PublicKey self;
  private final UnaryOperator<Network> tongue;
  private final Member.Wiretap wiretap;
  private final Machine machine;

  /// @param tongue through which the node speaks
  SimSite(
      Life life,
      Disk disk,
      Database database,
      Upkeep upkeep,
      SimNetwork wires,
      PeerAddress listen,
      SeenVotes seenVotes,
      PublicKey self,
      UnaryOperator<Network> tongue,
      Member.Wiretap wiretap,
      Machine machine) {
    this.life = life;
    this.disk = disk;
    this.database = database;
    this.upkeep = upkeep;
    this.wires = wires;
    this.listen = listen;
    this.seenVotes = seenVotes;
    this.self = self;
    this.tongue = tongue;
    this.wiretap = wiretap;
    this.machine = machine;
  }

  @Override
  public <I> Inbox<I> inbox(String name, int inboxMax) {
    return new SimInbox<>(life, name, inboxMax);
  }

  @Override
  public Timers timers() {
    return life::after;
  }

  @Override
  public Network network(Hello hello, LongSupplier height, NetworkListener listener) {
    return tongue.apply(
        wires.join(
            self,
            listen,
            hello,
            height,
            event -> {
              boolean taken = listener.offer(event);
              note(event, taken);
              return taken;
            }));
  }

  private void note(NetworkEvent event, boolean taken) {
    switch (event) {
      case NetworkEvent.Received received -> {
        life.event(
            received.message().kind().name(),
            received.message().payload().hashCode() + (taken ? 0 : 1));
        wiretap.heard(self, received.peer(), received.message());
      }
      case NetworkEvent.PeerConnected connected ->
          life.event("connected", connected.peer().hashCode());
      case NetworkEvent.PeerDisconnected gone -> life.event("disconnected", gone.peer().hashCode());
      case NetworkEvent.Refused refused -> life.event("refused", refused.reason().hashCode());
      case NetworkEvent.Misbehaved wrong -> life.event("misbehaved", wrong.reason().hashCode());
    }
  }

  @Override
  public Database database() {
    return database;
  }

  @Override
  public Upkeep upkeep() {
    return upkeep;
  }

  @Override
  public Optional<VoteLog.Opened> voteLog() {
    return disk.voteLog();
  }

  @Override
  public SigningGuard signingGuard() {
    return disk.signingGuard();
  }

  @Override
  public PoolFile poolFile() {
    return disk.poolFile();
  }

  @Override
  public BlobStore blobs() {
    return disk.blobs();
  }

  @Override
  public Shelf shelf() {
    return disk.shelf();
  }

  @Override
  public PeerMemory peerMemory() {
    return disk.peers(self);
  }

  @Override
  public SeenVotes seenVotes() {
    return seenVotes;
  }

  @Override
  public Executor checkers() {
    return task -> life.soon(CHECK_MILLIS_MAX, task);
  }

  @Override
  public Compute compute() {
    return (task, done) ->
        life.soon(
            TASK_MILLIS_MAX,
            () -> {
              Outcome outcome;
              try {
                outcome = task.run();
              } catch (RuntimeException | Error broken) {
                done.accept(null, broken);
                return;
              }
              done.accept(outcome, null);
            });
  }

  @Override
  public Machine machine() {
    return machine;
  }
}
