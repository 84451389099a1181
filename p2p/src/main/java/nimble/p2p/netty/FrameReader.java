package nimble.p2p.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Kind;
import nimble.p2p.Part;
import nimble.p2p.TokenBucket;

/// Cuts the stream into frames (rule P3), at the pace that the kinds' rates and the listener allow
/// (rule P8): while it waits, the socket is not read, and TCP slows the peer down.
final class FrameReader extends ByteToMessageDecoder {
  private static final int LENGTH_SIZE = 4;
  private static final int HEAD_SIZE = LENGTH_SIZE + 1;
  private static final int LISTENER_RETRY_MILLIS = 5;

  /// Whose stream it is.
  interface Owner {
    long nowMillis();

    /// Whether what comes now is thrown away.
    boolean isEnding();

    /// Refuses a kind that may not come now, before its payload is read.
    void expects(Kind kind) throws Malformed;

    /// False when there is no room: [#offerAgain] follows.
    boolean frame(Kind kind, Bytes payload) throws Malformed;

    boolean offerAgain() throws Malformed;

    /// A frame that came while ending.
    void ignored(Kind kind);

    void begun();

    void secured();

    void failed(Throwable cause);

    void writabilityChanged();
  }

  private final Owner owner;
  private final Map<Kind, TokenBucket> rates = new EnumMap<>(Kind.class);
  private boolean waiting;

  FrameReader(Owner owner) {
    this.owner = owner;
  }

  boolean isWaiting() {
    return waiting;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Malformed {
    boolean ending = owner.isEnding();
    if ((waiting && !ending) || in.readableBytes() < HEAD_SIZE) {
      return;
    }
    int start = in.readerIndex();
    long size = in.getUnsignedInt(start) - 1;
    Kind kind = Kind.of(in.getUnsignedByte(start + LENGTH_SIZE));
    checkSize(kind, size);
    if (!ending) {
      owner.expects(kind);
    }
    if (in.readableBytes() - HEAD_SIZE < size) {
      return;
    }
    if (ending) {
      in.skipBytes(HEAD_SIZE + (int) size);
      owner.ignored(kind);
    } else {
      read(context, kind, (int) size, in);
    }
  }

  private void read(ChannelHandlerContext context, Kind kind, int size, ByteBuf in)
      throws Malformed {
    long waitMillis = take(kind, in, in.readerIndex() + HEAD_SIZE);
    if (waitMillis > 0) {
      pause(context, waitMillis);
      return;
    }
    in.skipBytes(HEAD_SIZE);
    byte[] payload = new byte[size];
    in.readBytes(payload);
    if (!owner.frame(kind, Bytes.wrap(payload))) {
      pause(context, LISTENER_RETRY_MILLIS);
    }
  }

  private static void checkSize(Kind kind, long size) throws Malformed {
    kind.checkSize(size);
    if (kind != Kind.PART && size > Part.DATA_MAX) {
      throw new Malformed("%s of %d bytes in one frame".formatted(kind, size));
    }
  }

  /// A message in parts counts with its first part, by its own kind.
  private long take(Kind kind, ByteBuf in, int payload) throws Malformed {
    if (kind == Kind.PART
        && in.readableBytes() >= HEAD_SIZE + Part.HEAD_SIZE
        && in.getUnsignedInt(payload + 1 + Integer.BYTES) == 0) {
      return take(Kind.of(in.getUnsignedByte(payload)));
    }
    return take(kind);
  }

  private long take(Kind kind) {
    long now = owner.nowMillis();
    return rates.computeIfAbsent(kind, key -> new TokenBucket(key.perSecondMax(), now)).take(now);
  }

  private void pause(ChannelHandlerContext context, long millis) {
    waiting = true;
    context.channel().config().setAutoRead(false);
    context.executor().schedule(() -> resume(context), millis, TimeUnit.MILLISECONDS);
  }

  /// Where no message comes out of it, the decoder asks for more even though reading is off: here
  /// none ever does, and what came meanwhile would be held without a limit (rule P8).
  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    if (waiting) {
      discardSomeReadBytes();
      context.fireChannelReadComplete();
    } else {
      super.channelReadComplete(context);
    }
  }

  private void resume(ChannelHandlerContext context) {
    if (context.isRemoved()) {
      return;
    }
    try {
      if (!owner.offerAgain()) {
        pause(context, LISTENER_RETRY_MILLIS);
        return;
      }
      waiting = false;
      channelRead(context, Unpooled.EMPTY_BUFFER);
    } catch (Exception e) {
      exceptionCaught(context, e);
    }
    if (!waiting) {
      context.channel().config().setAutoRead(true);
    }
  }

  /// A handshake matters to the nearest reader: behind it may be one for the TLS inside this one.
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        owner.secured();
      } else {
        owner.failed(handshake.cause());
      }
      return;
    }
    super.userEventTriggered(context, event);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    owner.writabilityChanged();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    owner.begun();
    super.channelActive(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    owner.failed(cause);
  }
}
