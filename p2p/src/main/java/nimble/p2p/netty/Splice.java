package nimble.p2p.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One direction of a circuit: what comes in goes out on the other connection, as fast as that and
/// the meter take it (rule P16). While they do not, the near connection is not read.
final class Splice extends ChannelInboundHandlerAdapter {
  /// Pays for bytes.
  @FunctionalInterface
  interface Meter {
    /// The milliseconds to wait before more is read.
    long owe(int bytes);
  }

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 << 10, 128 << 10);

  /// As long as a bulk lane may be silent.
  private static final int LINGER_MILLIS = 21_000;

  private final Channel near;
  private final Channel far;
  private final Meter meter;
  private boolean resting;

  private Splice(Channel near, Channel far, Meter meter) {
    this.near = near;
    this.far = far;
    this.meter = meter;
  }

  /// Both directions, before either side hears that it may speak.
  static void join(Channel one, Channel other, Meter meter) {
    for (Splice splice : List.of(new Splice(one, other, meter), new Splice(other, one, meter))) {
      splice.near.config().setWriteBufferWaterMark(WATER_MARK);
      splice.near.pipeline().addLast(splice);
      splice.readOrNot();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    long waitMillis = meter.owe(bytes.readableBytes());
    far.write(bytes);
    if (waitMillis > 0 && !resting) {
      resting = true;
      near.eventLoop().schedule(this::rested, waitMillis, TimeUnit.MILLISECONDS);
    }
    readOrNot();
  }

  private void rested() {
    resting = false;
    readOrNot();
  }

  private void readOrNot() {
    near.config().setAutoRead(!resting && far.isWritable());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    far.flush();
    readOrNot();
  }

  /// The near connection takes more, or no more, of what comes on the far one.
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Splice twin = far.pipeline().get(Splice.class);
    if (twin != null) {
      twin.readOrNot();
    }
  }

  /// What was on its way still arrives, when it is taken at all.
  @Override
  public void channelInactive(ChannelHandlerContext context) {
    far.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    far.eventLoop().schedule(() -> far.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    near.close();
  }
}
