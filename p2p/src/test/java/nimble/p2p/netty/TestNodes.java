package nimble.p2p.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import nimble.p2p.Hello;
import nimble.p2p.Samples;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The nodes of one test, on one loop, and what dials them: all are closed when it ends.
final class TestNodes implements AfterEachCallback {
  private final NetworkThreads threads = new NetworkThreads(1);
  private final List<AutoCloseable> open = new ArrayList<>();

  TestNode node(int number, Settings settings) throws IOException {
    return node(number, Samples.hello(), settings);
  }

  TestNode node(int number, Hello hello, Settings settings) throws IOException {
    return closing(new TestNode(number, hello, threads, settings));
  }

  RawClient client(int number, TestNode node) throws IOException {
    return closing(new RawClient(number, node.network.port()));
  }

  RawClient client(int number, TestNode node, InetAddress from) throws IOException {
    return closing(new RawClient(number, node.network.port(), from));
  }

  /// From an address of its own, 127.0.0.0/8: a botnet has many.
  Socket dial(TestNode node, InetAddress from) throws IOException {
    return closing(new Socket(InetAddress.getLoopbackAddress(), node.network.port(), from, 0));
  }

  <T extends AutoCloseable> T closing(T opened) {
    open.add(opened);
    return opened;
  }

  /// Runs on the loop, after all that it has to do by now.
  void inTurn() {
    threads.group().next().submit(() -> {}).syncUninterruptibly();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    threads.close();
  }
}
