package nimble.p2p.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;

/// The threads that sockets live on, shared by all networks of a process. Close it after the last
/// network.
public final class NetworkThreads implements AutoCloseable {
  private static final long CLOSE_SECONDS = 2;

  private final EventLoopGroup group;

  public NetworkThreads(int threads) {
    group =
        new MultiThreadIoEventLoopGroup(
            threads,
            Thread.ofPlatform().name("net-", 0).daemon().factory(),
            NioIoHandler.newFactory());
  }

  EventLoopGroup group() {
    return group;
  }

  @Override
  public void close() throws InterruptedException {
    group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).await();
  }
}
