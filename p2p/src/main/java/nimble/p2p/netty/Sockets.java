package nimble.p2p.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import nimble.p2p.Circuit;
import nimble.p2p.Message;
import nimble.p2p.PeerAddress;

/// Opens channels, all on one loop: by listening, and by dialling.
final class Sockets {
  /// Takes a new channel, or refuses it.
  @FunctionalInterface
  interface Installer {
    boolean install(Channel channel, Line line);
  }

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(512 << 10, 1 << 20);

  /// One connection reads at most 256 KiB before the loop looks at the others.
  private static final RecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(4);

  private final Settings settings;
  private final NodeKey key;
  private final EventLoop loop;
  private final Installer installer;

  Sockets(Settings settings, NodeKey key, EventLoop loop, Installer installer) {
    this.settings = settings;
    this.key = key;
    this.loop = loop;
    this.installer = installer;
  }

  Channel listen() throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
            .childHandler(initializer(new Line(key.server(), Optional.empty(), Optional.empty())))
            .bind(settings.host(), settings.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on %s:%d: %s"
              .formatted(settings.host(), settings.port(), bound.cause().getMessage()),
          bound.cause());
    }
    return bound.channel();
  }

  void dial(InetSocketAddress target, Connection.Dial dial) {
    PeerAddress address = dial.address();
    Optional<Line.Outer> outer =
        address
            .relay()
            .flatMap(relay -> address.peer().map(peer -> outer(relay, Circuit.dial(peer))));
    open(target, new Line(key.client(address.peer()), Optional.of(dial), outer));
  }

  /// Answers a call that came through `relay`.
  void take(InetSocketAddress target, PeerAddress relay, long call) {
    open(
        target,
        new Line(key.server(), Optional.empty(), Optional.of(outer(relay, Circuit.take(call)))));
  }

  private Line.Outer outer(PeerAddress relay, Message asks) {
    return new Line.Outer(relay, key.client(relay.peer()), asks);
  }

  private void open(InetSocketAddress target, Line line) {
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.timeouts().handshake())
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        .option(ChannelOption.RECVBUF_ALLOCATOR, READS)
        .handler(initializer(line))
        .connect(target)
        .addListener(
            (ChannelFutureListener)
                connected -> {
                  if (!connected.isSuccess()) {
                    connected.channel().pipeline().fireExceptionCaught(connected.cause());
                  }
                });
  }

  private ChannelInitializer<Channel> initializer(Line line) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (!installer.install(channel, line)) {
          channel.close();
        }
      }
    };
  }
}
