package nimble.p2p.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Circuit;
import nimble.p2p.Duel;
import nimble.p2p.Handshake;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.NetworkEvent;
import nimble.p2p.Part;
import nimble.p2p.PeerAddress;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// One TCP connection: TLS, Hello both ways, messages, an ordered end. Lives on its network's loop.
final class Connection implements FrameReader.Owner {
  private enum State {
    SECURING,
    GREETING,
    /// At a relay: waits for the other side.
    CALLING,
    /// At a relay: what it says is not for this node.
    JOINED,
    OPEN,
    ENDING
  }

  private static final int BULK_PATIENCE = 3;

  /// What was dialled, and for which lane.
  ///
  /// @param test only looks whether the peer, who may be connected already, answers there
  record Dial(PeerAddress address, Lane lane, boolean test) {}

  private final NettyNetwork network;
  private final Channel channel;
  private final SslHandler tls;
  private final FrameReader reader = new FrameReader(this);
  private final Optional<Dial> dial;
  private final Optional<PeerAddress> relay;
  private final Incoming incoming;
  private State state = State.SECURING;
  private Lane lane;
  private @Nullable PublicKey peer;
  private @Nullable Outbox outbox;
  private @Nullable ScheduledFuture<?> ticks;
  private long heardMillis;
  private long progress;
  private long progressMillis;

  private Connection(NettyNetwork network, Channel channel, SslHandler tls, Line line) {
    this.network = network;
    this.channel = channel;
    this.tls = tls;
    this.dial = line.dial();
    this.relay = line.outer().map(Line.Outer::relay);
    this.lane = dial.map(Dial::lane).orElse(Lane.CONTROL);
    this.incoming =
        new Incoming(
            network.crowd().strangersParts(),
            () -> network.trusts(peer()),
            message -> network.offer(new NetworkEvent.Received(peer(), lane, message)));
  }

  static Connection install(NettyNetwork network, Channel channel, Line line) {
    SslHandler tls = line.tls().get();
    Connection connection = new Connection(network, channel, tls, line);
    int handshakeMillis = network.settings().timeouts().handshake();
    tls.setHandshakeTimeoutMillis(handshakeMillis);
    line.outer()
        .ifPresentOrElse(
            outer -> new Leg(connection, channel.pipeline(), outer, tls).install(handshakeMillis),
            () -> channel.pipeline().addLast(tls));
    channel.pipeline().addLast(connection.reader);
    // Later than whatever else hears of the close: that knows the reason better.
    channel.closeFuture().addListener(closed -> channel.eventLoop().execute(connection::closed));
    return connection;
  }

  Channel channel() {
    return channel;
  }

  boolean isOutbound() {
    return dial.isPresent();
  }

  /// Whether it is news that somebody who is connected already answers: to who did not know whom it
  /// dialled, and to who wanted to know.
  boolean isAnswerNews() {
    return dial.filter(it -> it.test() || it.address().peer().isEmpty()).isPresent();
  }

  boolean isOpen() {
    return isStanding(state);
  }

  boolean isRelayed() {
    return relay.isPresent();
  }

  /// Where its bytes come from, when not from the peer itself.
  Optional<PeerAddress> relay() {
    return relay;
  }

  /// Whether the channel is closed, heard of or not.
  boolean isGone() {
    return !channel.isOpen();
  }

  @Override
  public boolean isEnding() {
    return state == State.ENDING;
  }

  Lane lane() {
    return lane;
  }

  /// Known once TLS is done.
  PublicKey peer() {
    PublicKey known = peer;
    if (known == null) {
      throw new IllegalStateException("no peer before TLS is done");
    }
    return known;
  }

  /// The peer, or who was dialled.
  Optional<PublicKey> identity() {
    return Optional.ofNullable(peer).or(() -> dial.flatMap(dialled -> dialled.address().peer()));
  }

  /// For reading.
  String address() {
    return dial.map(dialled -> dialled.address().toString())
        .or(() -> relay.map(at -> "somebody through " + at))
        .orElseGet(() -> remote().getHostString() + ":" + remote().getPort());
  }

  /// What was dialled, or where the peer came from.
  PeerAddress remoteAddress() {
    return dial.map(Dial::address)
        .or(() -> relay.map(at -> at.reaching(peer())))
        .orElseGet(() -> PeerAddress.of(remoteHost(), Math.max(1, remote().getPort())));
  }

  /// Where to dial the peer's other lane.
  PeerAddress otherLane() {
    return relay.isPresent()
        ? remoteAddress()
        : PeerAddress.of(remoteHost(), remote().getPort()).withPeer(peer());
  }

  InetSocketAddress remote() {
    return channel.remoteAddress() instanceof InetSocketAddress inet
        ? inet
        : InetSocketAddress.createUnresolved("unknown", 0);
  }

  String remoteHost() {
    InetSocketAddress remote = remote();
    return remote.isUnresolved()
        ? remote.getHostString()
        : remote.getAddress().getHostAddress().replaceAll("%.*", "");
  }

  @Override
  public long nowMillis() {
    return network.nowMillis();
  }

  // Handshake.

  @Override
  public void begun() {
    int millis = network.settings().timeouts().handshake();
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (!isOpen()) {
                String missing = state == State.CALLING ? "answer to the call" : "Hello";
                end("no %s within %d ms".formatted(missing, millis), Fault.NONE);
              }
            },
            millis,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void secured() {
    if (isEnding()) {
      return;
    }
    try {
      X509Certificate[] chain =
          Arrays.stream(tls.engine().getSession().getPeerCertificates())
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
      peer = NodeKey.idIn(chain);
    } catch (SSLPeerUnverifiedException | CertificateException e) {
      failed(e);
      return;
    }
    state = State.GREETING;
    network.secured(this);
  }

  void sendHello() {
    write(network.handshake(lane).message());
    flush();
  }

  /// The peer is accepted: messages flow from here on.
  void open(Outbox queue) {
    state = State.OPEN;
    outbox = queue;
    heardMillis = nowMillis();
    progressMillis = heardMillis;
    int pingMillis = network.settings().timeouts().ping();
    ticks =
        channel
            .eventLoop()
            .scheduleAtFixedRate(this::tick, pingMillis, pingMillis, TimeUnit.MILLISECONDS);
    queue.attach(this);
  }

  /// Each hears the other from here on (rule P15).
  static void join(Connection caller, Connection taker, Splice.Meter meter) {
    Splice.join(caller.channel, taker.channel, meter);
    for (Connection side : List.of(caller, taker)) {
      side.state = State.JOINED;
      side.write(Circuit.READY);
      side.flush();
    }
    caller.channel.pipeline().remove(caller.reader);
    taker.channel.pipeline().remove(taker.reader);
  }

  // Reading.

  /// Refuses what may not come now, before its payload is read (rule P5).
  @Override
  public void expects(Kind kind) throws Malformed {
    boolean relaying = !isOutbound() && (kind == Kind.RELAY_DIAL || kind == Kind.RELAY_TAKE);
    boolean first = kind == Kind.HELLO || relaying;
    if (kind != Kind.CLOSE && (first == isOpen() || state == State.CALLING)) {
      throw new Malformed(first ? "a second Hello" : "%s before Hello".formatted(kind));
    }
  }

  @Override
  public boolean frame(Kind kind, Bytes payload) throws Malformed {
    heardMillis = nowMillis();
    switch (kind) {
      case HELLO -> hello(payload);
      case CLOSE -> closedByPeer(Handshake.decodeClose(payload));
      case PING -> {}
      case OPEN_BULK -> network.bulkAsked(this);
      case RELAY_DIAL -> {
        state = State.CALLING;
        network.dialledThrough(this, Circuit.called(payload));
      }
      case RELAY_TAKE -> network.taken(this, Circuit.number(payload));
      case RELAY_CALL -> network.called(this, Circuit.number(payload));
      case RELAY_READY -> throw new Malformed("%s of no relay".formatted(kind));
      case PART -> {
        return incoming.part(Part.decode(payload), heardMillis);
      }
      default -> {
        return incoming.message(new Message(kind, payload));
      }
    }
    return true;
  }

  private void hello(Bytes payload) throws Malformed {
    Handshake theirs = Handshake.decode(payload, relay.isPresent() ? "" : remoteHost());
    if (isOutbound()) {
      network.answered(this, theirs);
    } else {
      lane = theirs.lane();
      network.greeted(this, theirs);
    }
  }

  @Override
  public boolean offerAgain() throws Malformed {
    if (!isEnding() && !incoming.again()) {
      return false;
    }
    heardMillis = nowMillis();
    return true;
  }

  // Writing.

  boolean isWritable() {
    return channel.isWritable();
  }

  void write(Message message) {
    writeHead(message.kind(), message.payload().size());
    if (!message.payload().isEmpty()) {
      channel.write(Unpooled.wrappedBuffer(message.payload().asBuffer()));
    }
  }

  void writePart(Bytes head, ByteBuffer data) {
    writeHead(Kind.PART, head.size() + data.remaining());
    channel.write(Unpooled.wrappedBuffer(head.asBuffer(), data));
  }

  private void writeHead(Kind kind, int payloadSize) {
    ByteBuf head = channel.alloc().buffer(Integer.BYTES + 1);
    channel.write(head.writeInt(1 + payloadSize).writeByte(kind.code()));
  }

  void flush() {
    channel.flush();
  }

  @Override
  public void writabilityChanged() {
    if (outbox != null && channel.isWritable()) {
      outbox.drain();
    }
  }

  /// Pings, and ends what is silent or does not read.
  private void tick() {
    long now = nowMillis();
    // A large frame on a slow line may take its time; what carries votes may not.
    int silence = network.settings().timeouts().silence() * (lane == Lane.BULK ? BULK_PATIENCE : 1);
    if (outbox != null && (outbox.isEmpty() || outbox.progress() != progress)) {
      progress = outbox.progress();
      progressMillis = now;
    }
    int whole = network.settings().timeouts().message();
    if (incoming.isOverdue(now, whole)) {
      end("a message is not whole after %d ms".formatted(whole), Fault.NONE);
    } else if (!reader.isWaiting() && now - heardMillis > silence) {
      end("silent for %d ms".formatted(silence), Fault.NONE);
    } else if (mustRead() && now - progressMillis > silence) {
      end("read nothing for %d ms".formatted(silence), Fault.NONE);
    } else if (isWritable()) {
      write(Handshake.PING);
      flush();
    }
  }

  /// Rule P7. Who computes may let the tensors of its job wait.
  private boolean mustRead() {
    return lane == Lane.CONTROL || (outbox != null && outbox.owesAnswers());
  }

  // The end.

  /// Whose doing an end is.
  enum Fault {
    NONE,
    PEER,
    /// No news: one connection too many, or one that nobody waits for any more.
    QUIET
  }

  /// Tells the peer why, and closes when it has heard, or after the linger time: closing at once
  /// could reset the connection before the reason is read.
  void end(String reason, Fault fault) {
    if (isEnding()) {
      return;
    }
    State before = state;
    stop();
    if (before == State.SECURING || before == State.JOINED) {
      channel.close();
    } else {
      write(Handshake.close(reason));
      flush();
      channel.config().setAutoRead(true);
      channel
          .eventLoop()
          .schedule(
              () -> channel.close(), network.settings().timeouts().linger(), TimeUnit.MILLISECONDS);
    }
    network.ended(this, isStanding(before), reason, fault);
  }

  private void closedByPeer(String reason) {
    State before = state;
    stop();
    channel.close();
    boolean quiet = before != State.OPEN && reason.equals(Duel.DUPLICATE);
    network.ended(this, isStanding(before), "it said: " + reason, quiet ? Fault.QUIET : Fault.NONE);
  }

  void refusedByRelay(String reason) {
    broken("relay: " + reason);
  }

  @Override
  public void failed(Throwable cause) {
    if (isEnding()) {
      channel.close();
    } else if (Reasons.isMalformed(cause)) {
      end(Reasons.of(cause), Fault.PEER);
    } else {
      broken(Reasons.of(cause));
    }
  }

  private void closed() {
    broken("the connection broke");
    network.closed(this);
  }

  private void broken(String reason) {
    if (!isEnding()) {
      State before = state;
      stop();
      channel.close();
      network.ended(this, isStanding(before), reason, Fault.NONE);
    }
  }

  private static boolean isStanding(State state) {
    return state == State.OPEN || state == State.JOINED;
  }

  private void stop() {
    state = State.ENDING;
    incoming.drop();
    if (ticks != null) {
      ticks.cancel(false);
    }
  }

  /// A frame that came after our last word: when it is the peer's last word too, nobody waits.
  @Override
  public void ignored(Kind kind) {
    if (kind == Kind.CLOSE) {
      channel.close();
    }
  }

  void closeNow() {
    channel.close();
  }
}
