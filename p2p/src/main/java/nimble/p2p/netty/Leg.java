package nimble.p2p.netty;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Handshake;
import nimble.p2p.Kind;

/// The beginning of a relayed connection: asks the relay to join it with the other side's, and then
/// makes way for the TLS between the two peers (rule P15). To the connection behind it, its bytes
/// come from the relay as they would from a socket.
final class Leg implements FrameReader.Owner {
  private final Connection connection;
  private final ChannelPipeline pipeline;
  private final Line.Outer outer;
  private final SslHandler inner;
  private final FrameReader reader = new FrameReader(this);

  /// @param inner the TLS between the two peers
  Leg(Connection connection, ChannelPipeline pipeline, Line.Outer outer, SslHandler inner) {
    this.connection = connection;
    this.pipeline = pipeline;
    this.outer = outer;
    this.inner = inner;
  }

  void install(int handshakeMillis) {
    SslHandler tls = outer.tls().get();
    tls.setHandshakeTimeoutMillis(handshakeMillis);
    pipeline.addLast(tls, reader);
  }

  @Override
  public long nowMillis() {
    return connection.nowMillis();
  }

  @Override
  public boolean isEnding() {
    return connection.isEnding();
  }

  @Override
  public void expects(Kind kind) throws Malformed {
    if (kind != Kind.RELAY_READY && kind != Kind.CLOSE) {
      throw new Malformed("%s of a relay that was asked for a stream".formatted(kind));
    }
  }

  @Override
  public boolean frame(Kind kind, Bytes payload) throws Malformed {
    if (kind == Kind.CLOSE) {
      connection.refusedByRelay(Handshake.decodeClose(payload));
    } else {
      pipeline.addAfter(pipeline.context(reader).name(), null, inner);
      pipeline.remove(reader);
    }
    return true;
  }

  @Override
  public boolean offerAgain() {
    return true;
  }

  @Override
  public void ignored(Kind kind) {}

  @Override
  public void begun() {}

  @Override
  public void secured() {
    connection.write(outer.asks());
    connection.flush();
  }

  @Override
  public void failed(Throwable cause) {
    connection.refusedByRelay(Reasons.of(cause));
  }

  @Override
  public void writabilityChanged() {}
}
