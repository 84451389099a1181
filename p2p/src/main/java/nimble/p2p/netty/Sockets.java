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
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/// Opens channels, all on one loop: by listening, and by dialling.
final class Sockets {
  /// Takes a new channel, or refuses it.
  @FunctionalInterface
  interface Installer {
    boolean install(Channel channel, Supplier<SslHandler> tls, Optional<Connection.Dial> dial);
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
            .childHandler(initializer(key.server(), Optional.empty()))
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
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.handshakeMillis())
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        .option(ChannelOption.RECVBUF_ALLOCATOR, READS)
        .handler(initializer(key.client(dial.address().peer()), Optional.of(dial)))
        .connect(target)
        .addListener(
            (ChannelFutureListener)
                connected -> {
                  if (!connected.isSuccess()) {
                    connected.channel().pipeline().fireExceptionCaught(connected.cause());
                  }
                });
  }

  private ChannelInitializer<Channel> initializer(
      Supplier<SslHandler> tls, Optional<Connection.Dial> dial) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (!installer.install(channel, tls, dial)) {
          channel.close();
        }
      }
    };
  }
}
