package nimble.p2p.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;
import nimble.p2p.Admission;
import nimble.p2p.Duel;
import nimble.p2p.Eviction;
import nimble.p2p.Handshake;
import nimble.p2p.Hello;
import nimble.p2p.Lane;
import nimble.p2p.LaneState;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.RelayLoad;
import nimble.p2p.Relaying;
import nimble.p2p.Sent;
import nimble.p2p.netty.Connection.Fault;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// The port [Network] over TCP and TLS. Who is a peer is decided here; what a connection says, in
/// [Connection].
public final class NettyNetwork implements Network {
  private static final int CLOSE_MILLIS_MAX = 3_000;

  private final Settings settings;
  private final NodeKey key;
  private final Hello hello;
  private final LongSupplier height;
  private final EventLoop loop;
  private final NetworkListener listener;
  private final Sockets sockets;
  private final long instance = new SecureRandom().nextLong();
  private final Bytes salt = Bytes.ofU64(new SecureRandom().nextLong());
  private final Roster peers = new Roster();
  private final TreeMap<PublicKey, Connection> greetings = new TreeMap<>();
  private final Crowd crowd;
  private final Dialler dialler;
  private final Switchboard switchboard;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Budget answers = new Budget(Budget.BYTES_MAX);
  private volatile Admission admission = Admission.OPEN;
  private Relaying relaying = Relaying.NONE;
  private @Nullable Channel listening;
  private volatile boolean closing;
  private volatile int port;

  private NettyNetwork(
      Settings settings,
      NodeKey key,
      Hello hello,
      LongSupplier height,
      EventLoop loop,
      NetworkListener listener) {
    this.settings = settings;
    this.key = key;
    this.hello = hello;
    this.height = height;
    this.loop = loop;
    this.listener = listener;
    this.sockets = new Sockets(settings, key, loop, this::install);
    this.crowd = new Crowd(settings, loop);
    this.switchboard = new Switchboard(this, settings.relay());
    this.dialler = new Dialler(this, sockets, loop);
  }

  /// Listens and takes peers until [#close]. `hello` is what this node says of itself; its height
  /// is asked for at every greeting, and when it names no address, the listening port stands for
  /// it. Fails with a sentence for the user when the port cannot be had.
  public static NettyNetwork open(
      Settings settings,
      SigningKey key,
      Hello hello,
      LongSupplier height,
      NetworkThreads threads,
      NetworkListener listener)
      throws IOException {
    NettyNetwork network =
        new NettyNetwork(
            settings, new NodeKey(key), hello, height, threads.group().next(), listener);
    network.listen();
    return network;
  }

  private void listen() throws IOException {
    if (!settings.listens()) {
      return;
    }
    Channel channel = sockets.listen();
    listening = channel;
    crowd.comesThrough(channel);
    if (channel.localAddress() instanceof InetSocketAddress local) {
      port = local.getPort();
    }
  }

  /// A channel was opened; false when there is no room for it.
  private boolean install(Channel channel, Line line) {
    if (closing || (line.dial().isEmpty() && !crowd.lets(channel, nowMillis()))) {
      return false;
    }
    crowd.add(Connection.install(this, channel, line));
    return true;
  }

  // The port.

  @Override
  public PublicKey self() {
    return key.id();
  }

  /// Where this network listens: the port that was asked for, or the free one that was found.
  public int port() {
    return port;
  }

  @Override
  public Sent send(PublicKey peer, Lane lane, Message message) {
    Invariant.check(!message.kind().isTransport(), "%s is the transport's", message.kind());
    Peer known = peers.get(peer);
    if (known == null) {
      return Sent.NOT_CONNECTED;
    }
    boolean reserved = admission.reserved().contains(peer);
    return known.outbox(lane).offer(message, reserved) ? Sent.QUEUED : Sent.QUEUE_FULL;
  }

  @Override
  public void connect(PeerAddress address) {
    dialler.connect(address, false);
  }

  @Override
  public void test(PeerAddress address) {
    dialler.connect(address, true);
  }

  @Override
  public void disconnect(PublicKey peer, String reason) {
    loop.execute(() -> {
      Peer known = peers.get(peer);
      if (known != null) {
        leave(known, reason);
      }
    });
  }

  @Override
  public SortedSet<PublicKey> peers() {
    return peers.ids();
  }

  @Override
  public LaneState lane(PublicKey peer, Lane lane) {
    Peer known = peers.get(peer);
    return known == null ? LaneState.CLOSED : known.state(lane, admission);
  }

  @Override
  public void admit(Admission newAdmission) {
    loop.execute(() -> {
      admission = newAdmission;
      for (Peer peer : peers.all()) {
        newAdmission.refuses(peer.id(), 0, 1).ifPresent(reason -> leave(peer, reason));
      }
    });
  }

  @Override
  public void relay(Relaying newRelaying) {
    loop.execute(() -> {
      relaying = newRelaying;
      switchboard.serve(newRelaying.relayed());
    });
  }

  @Override
  public RelayLoad relayLoad() {
    return switchboard.load();
  }

  @Override
  public void close() {
    if (!closing) {
      closing = true;
      loop.execute(this::shutDown);
    }
    if (loop.inEventLoop()) {
      return;
    }
    try {
      if (!closed.await(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        loop.execute(() -> crowd.all().forEach(Connection::closeNow));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void shutDown() {
    if (listening != null) {
      listening.close().addListener(done -> checkClosed());
    }
    for (Peer peer : peers.all()) {
      leave(peer, "the node stops");
    }
    crowd.all().forEach(connection -> connection.end("the node stops", Fault.QUIET));
    checkClosed();
  }

  private void checkClosed() {
    if (closing && crowd.isEmpty() && (listening == null || !listening.isOpen())) {
      closed.countDown();
    }
  }

  void leave(Peer peer, String reason) {
    peer.outbox(Lane.CONTROL).drainFully();
    drop(peer, reason, "this node said: " + reason, Fault.NONE);
  }

  // What connections report.

  Settings settings() {
    return settings;
  }

  long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  Handshake handshake(Lane lane) {
    Optional<PeerAddress> listen =
        hello
            .listen()
            .or(() ->
                Optional.of(port).filter(it -> it > 0).map(it -> PeerAddress.of("0.0.0.0", it)));
    return new Handshake(hello.withHeight(height.getAsLong()).withListen(listen), lane, instance);
  }

  /// The one that dialled control dials bulk, also when the other needs it: it may be unreachable.
  void bulkAsked(Connection connection) {
    Peer peer = peers.get(connection.peer());
    if (peer != null && peer.control() == connection && peer.isOutbound()) {
      dialler.openBulk(peer);
    }
  }

  boolean trusts(PublicKey peer) {
    return admission.trusts(peer);
  }

  boolean offer(NetworkEvent event) {
    return listener.offer(event);
  }

  void secured(Connection connection) {
    PublicKey peer = connection.peer();
    if (peer.equals(self())) {
      connection.end(Duel.SELF, connection.isOutbound() ? Fault.NONE : Fault.QUIET);
    } else if (connection.isOutbound()) {
      if (connection.lane() == Lane.CONTROL) {
        if (isTaken(peer)) {
          // News to who did not know whom it dialled: the address is good.
          connection.end(Duel.DUPLICATE, connection.isAnswerNews() ? Fault.NONE : Fault.QUIET);
          return;
        }
        greetings.put(peer, connection);
      }
      connection.sendHello();
    }
  }

  /// Whether a connection to `peer` stands or is being greeted.
  boolean isTaken(PublicKey peer) {
    return peers.has(peer) || greetings.containsKey(peer);
  }

  boolean isPeer(Peer peer) {
    return peers.get(peer.id()) == peer;
  }

  Crowd crowd() {
    return crowd;
  }

  boolean isClosing() {
    return closing;
  }

  /// An inbound connection said Hello.
  void greeted(Connection connection, Handshake theirs) {
    PublicKey id = connection.peer();
    Optional<String> refusal =
        hello
            .refuses(theirs.hello())
            .or(() -> admission.refuses(id, beside(connection, theirs), settings.inboundMax()));
    if (refusal.isPresent()) {
      connection.end(refusal.get(), Fault.NONE);
    } else if (connection.lane() == Lane.BULK) {
      greetedOnBulk(connection, theirs);
    } else {
      greetedOnControl(connection, theirs);
    }
  }

  private void greetedOnControl(Connection connection, Handshake theirs) {
    PublicKey id = connection.peer();
    switch (duel(id, theirs)) {
      case REFUSE -> connection.end(Duel.DUPLICATE, Fault.QUIET);
      case REPLACE -> {
        Optional.ofNullable(peers.get(id))
            .ifPresent(
                it -> drop(it, Duel.DUPLICATE, "replaced by a newer connection", Fault.NONE));
        accept(connection, theirs);
      }
      case TAKE -> {
        Connection mine = greetings.remove(id);
        if (mine != null) {
          mine.end(Duel.DUPLICATE, Fault.QUIET);
        }
        accept(connection, theirs);
      }
    }
  }

  private Duel duel(PublicKey id, Handshake theirs) {
    Peer known = peers.get(id);
    boolean sameProcess = known != null && known.instance() == theirs.instance();
    return Duel.judge(self(), id, known(id), sameProcess);
  }

  private Duel.Known known(PublicKey id) {
    Peer peer = peers.get(id);
    if (peer != null) {
      return peer.isOutbound() ? Duel.Known.DIALLED : Duel.Known.ACCEPTED;
    }
    return greetings.containsKey(id) ? Duel.Known.GREETED : Duel.Known.NOTHING;
  }

  private void accept(Connection connection, Handshake theirs) {
    connection.sendHello();
    connected(connection, theirs);
  }

  private void greetedOnBulk(Connection connection, Handshake theirs) {
    Peer peer = peers.get(connection.peer());
    if (peer == null || peer.isOutbound() || peer.instance() != theirs.instance()) {
      connection.end("bulk without control", Fault.NONE);
    } else if (peer.bulk() != null) {
      connection.end("a second bulk lane", Fault.NONE);
    } else {
      connection.sendHello();
      peer.bulkOpened(connection);
    }
  }

  /// An outbound connection was answered with Hello.
  void answered(Connection connection, Handshake theirs) {
    Optional<String> refusal =
        hello.refuses(theirs.hello()).or(() -> admission.refuses(connection.peer(), 0, 1));
    Peer peer = peers.get(connection.peer());
    if (refusal.isPresent()) {
      connection.end(refusal.get(), Fault.NONE);
    } else if (connection.lane() == Lane.CONTROL) {
      greetings.remove(connection.peer(), connection);
      connected(connection, theirs);
    } else if (peer == null || peer.bulk() != null) {
      connection.end(Duel.DUPLICATE, Fault.QUIET);
    } else {
      peer.bulkOpened(connection);
    }
  }

  private void connected(Connection connection, Handshake theirs) {
    Peer peer = new Peer(connection, theirs, loop, nowMillis(), answers, dialler::openBulk);
    peers.add(peer);
    offer(
        new NetworkEvent.PeerConnected(
            peer.id(), theirs.hello(), connection.isOutbound(), connection.remoteAddress()));
    connection.open(peer.outbox(Lane.CONTROL));
  }

  /// How many came in beside a newcomer, after one of them made room for it if need be (rule P12).
  private int beside(Connection connection, Handshake theirs) {
    PublicKey id = connection.peer();
    if (connection.lane() == Lane.BULK || duel(id, theirs) == Duel.REFUSE) {
      return 0;
    }
    List<Eviction.Inbound> inbound = new ArrayList<>();
    for (Peer peer : peers.all()) {
      boolean counts = !peer.isOutbound() && !admission.reserved().contains(peer.id());
      if (counts && !peer.id().equals(id)) {
        inbound.add(peer.inbound());
      }
    }
    boolean welcome = !admission.reserved().contains(id) && !admission.banned().containsKey(id);
    if (welcome && inbound.size() >= settings.inboundMax()) {
      Optional<Peer> victim = Eviction.victim(inbound, salt).map(peers::get);
      victim.ifPresent(it -> leave(it, "it makes room for another peer"));
      return inbound.size() - (victim.isPresent() ? 1 : 0);
    }
    return inbound.size();
  }

  /// A connection says or hears its last word.
  void ended(Connection connection, boolean wasOpen, String reason, Fault fault) {
    switchboard.ended(connection);
    Optional<Peer> peer = peerOf(connection);
    if (peer.isPresent()) {
      String words = wasOpen ? reason : "the bulk lane did not open: " + reason;
      drop(peer.get(), words, words, fault);
    } else if (!wasOpen && fault != Fault.QUIET) {
      refused(connection.address(), reason);
    }
  }

  /// The peer whose end this connection's end is.
  private Optional<Peer> peerOf(Connection connection) {
    Optional<PublicKey> id = connection.identity();
    id.ifPresent(greeted -> greetings.remove(greeted, connection));
    return id.map(peers::get).filter(peer -> peer.has(connection) || awaits(peer, connection));
  }

  /// Whether `connection` was dialled to become the bulk lane of `peer`.
  private static boolean awaits(Peer peer, Connection connection) {
    return connection.isOutbound()
        && connection.lane() == Lane.BULK
        && peer.isOutbound()
        && peer.bulk() == null;
  }

  private void drop(Peer peer, String told, String reason, Fault fault) {
    peers.remove(peer);
    switchboard.left(peer.id());
    List<Connection> lanes = new ArrayList<>(List.of(peer.control()));
    if (peer.bulk() != null) {
      lanes.add(peer.bulk());
    }
    lanes.forEach(lane -> lane.end(told, Fault.QUIET));
    List.of(Lane.values()).forEach(lane -> peer.outbox(lane).close());
    if (fault == Fault.PEER) {
      offer(new NetworkEvent.Misbehaved(peer.id(), reason));
    }
    offer(new NetworkEvent.PeerDisconnected(peer.id(), reason));
  }

  // Of relays (rules P14 to P17).

  void dialledThrough(Connection caller, PublicKey called) {
    Optional<String> ban = admission.refuses(caller.peer(), 0, 1);
    if (ban.isPresent()) {
      caller.end(ban.get(), Fault.NONE);
    } else {
      Optional<Connection> line =
          Optional.ofNullable(peers.get(called)).map(Peer::control).filter(it -> !it.isRelayed());
      switchboard.dialled(caller, called, line);
    }
  }

  void taken(Connection taker, long call) {
    switchboard.taken(taker, call);
  }

  /// A call that was not asked for, or one too many, is left to wait.
  void called(Connection line, long call) {
    boolean asked = line.isOutbound() && relaying.through().contains(line.peer());
    if (asked && crowd.through(line.peer()) < settings.relay().circuitsPerNodeMax()) {
      sockets.take(line.remote(), line.remoteAddress(), call);
    }
  }

  void refused(String address, String reason) {
    offer(new NetworkEvent.Refused(address, reason));
  }

  /// A connection's socket is gone.
  void closed(Connection connection) {
    crowd.remove(connection);
    checkClosed();
  }
}
