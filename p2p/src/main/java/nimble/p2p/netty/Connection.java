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
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Assembly;
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
    OPEN,
    ENDING
  }

  private static final int BULK_PATIENCE = 3;

  /// What was dialled, and for which lane.
  record Dial(PeerAddress address, Lane lane) {}

  private final NettyNetwork network;
  private final Channel channel;
  private final SslHandler tls;
  private final FrameReader reader = new FrameReader(this);
  private final Optional<Dial> dial;
  private final Assembly assembly = new Assembly();
  private State state = State.SECURING;
  private Lane lane;
  private @Nullable PublicKey peer;
  private @Nullable Outbox outbox;
  private @Nullable NetworkEvent held;
  private @Nullable ScheduledFuture<?> ticks;
  private long heardMillis;
  private long progress;
  private long progressMillis;

  private Connection(NettyNetwork network, Channel channel, SslHandler tls, Optional<Dial> dial) {
    this.network = network;
    this.channel = channel;
    this.tls = tls;
    this.dial = dial;
    this.lane = dial.map(Dial::lane).orElse(Lane.CONTROL);
  }

  static Connection install(
      NettyNetwork network, Channel channel, SslHandler tls, Optional<Dial> dial) {
    Connection connection = new Connection(network, channel, tls, dial);
    tls.setHandshakeTimeoutMillis(network.settings().handshakeMillis());
    channel.pipeline().addLast(tls, connection.reader);
    // Later than whatever else hears of the close: that knows the reason better.
    channel.closeFuture().addListener(closed -> channel.eventLoop().execute(connection::closed));
    return connection;
  }

  boolean isOutbound() {
    return dial.isPresent();
  }

  boolean dialledAnyone() {
    return dial.filter(it -> it.address().peer().isEmpty()).isPresent();
  }

  boolean isOpen() {
    return state == State.OPEN;
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
        .orElseGet(() -> remote().getHostString() + ":" + remote().getPort());
  }

  /// What was dialled, or where the peer came from.
  PeerAddress remoteAddress() {
    return dial.map(Dial::address)
        .orElseGet(() -> PeerAddress.of(remoteHost(), Math.max(1, remote().getPort())));
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
    int millis = network.settings().handshakeMillis();
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (!isOpen()) {
                end("no Hello within %d ms".formatted(millis), Fault.NONE);
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
    int pingMillis = network.settings().pingMillis();
    ticks =
        channel
            .eventLoop()
            .scheduleAtFixedRate(this::tick, pingMillis, pingMillis, TimeUnit.MILLISECONDS);
    queue.attach(this);
  }

  // Reading.

  /// Refuses what may not come now, before its payload is read (rule P5).
  @Override
  public void expects(Kind kind) throws Malformed {
    boolean greeting = kind == Kind.HELLO;
    if (kind != Kind.CLOSE && greeting == isOpen()) {
      throw new Malformed(greeting ? "a second Hello" : "%s before Hello".formatted(kind));
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
      case PART -> {
        Optional<Message> whole = assembly.add(Part.decode(payload));
        return whole.isEmpty() || deliver(whole.get());
      }
      default -> {
        return deliver(new Message(kind, payload));
      }
    }
    return true;
  }

  private void hello(Bytes payload) throws Malformed {
    Handshake theirs = Handshake.decode(payload, remoteHost());
    if (isOutbound()) {
      network.answered(this, theirs);
    } else {
      lane = theirs.lane();
      network.greeted(this, theirs);
    }
  }

  private boolean deliver(Message message) {
    held = new NetworkEvent.Received(peer(), lane, message);
    return offerAgain();
  }

  @Override
  public boolean offerAgain() {
    if (held != null && !isEnding() && !network.offer(held)) {
      return false;
    }
    held = null;
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
    int silence = network.settings().silenceMillis() * (lane == Lane.BULK ? BULK_PATIENCE : 1);
    if (outbox != null && (outbox.isEmpty() || outbox.progress() != progress)) {
      progress = outbox.progress();
      progressMillis = now;
    }
    if (!reader.isWaiting() && now - heardMillis > silence) {
      end("silent for %d ms".formatted(silence), Fault.NONE);
    } else if (lane == Lane.CONTROL && now - progressMillis > silence) {
      end("read nothing for %d ms".formatted(silence), Fault.NONE);
    } else if (isWritable()) {
      write(Handshake.PING);
      flush();
    }
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
    if (before == State.SECURING) {
      channel.close();
    } else {
      write(Handshake.close(reason));
      flush();
      channel.config().setAutoRead(true);
      channel
          .eventLoop()
          .schedule(
              () -> channel.close(), network.settings().lingerMillis(), TimeUnit.MILLISECONDS);
    }
    network.ended(this, before == State.OPEN, reason, fault);
  }

  private void closedByPeer(String reason) {
    State before = state;
    stop();
    channel.close();
    boolean quiet = before != State.OPEN && reason.equals(Duel.DUPLICATE);
    network.ended(
        this, before == State.OPEN, "it said: " + reason, quiet ? Fault.QUIET : Fault.NONE);
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
      network.ended(this, before == State.OPEN, reason, Fault.NONE);
    }
  }

  private void stop() {
    state = State.ENDING;
    held = null;
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
