package nimble.p2p.netty;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;
import nimble.p2p.Kind;
import nimble.p2p.PeerAddress;

/// A relay that says it has joined the two, and speaks for the other side itself.
final class FalseRelay implements AutoCloseable {
  private final NodeKey key;
  private final SSLContext context;
  private final ServerSocket listening;

  FalseRelay(int number) throws IOException {
    byte[] seed = new byte[SigningKey.SEED_SIZE];
    seed[0] = (byte) number;
    key = new NodeKey(SigningKey.fromSeed(Bytes.wrap(seed)));
    context = key.context(Optional.empty());
    listening =
        context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    ((SSLServerSocket) listening).setNeedClientAuth(true);
    Thread.ofVirtual().start(this::lie);
  }

  PeerAddress address() {
    return PeerAddress.of("127.0.0.1", listening.getLocalPort()).withPeer(key.id());
  }

  private void lie() {
    try (SSLSocket outer = (SSLSocket) listening.accept()) {
      DataInputStream in = new DataInputStream(outer.getInputStream());
      in.skipNBytes(in.readInt());
      DataOutputStream out = new DataOutputStream(outer.getOutputStream());
      out.writeInt(1);
      out.writeByte(Kind.RELAY_READY.code());
      out.flush();
      SSLSocket inner =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(outer, "127.0.0.1", listening.getLocalPort(), false);
      inner.setUseClientMode(false);
      inner.setNeedClientAuth(true);
      inner.startHandshake();
    } catch (IOException e) {
      // As the test wants it: nobody falls for it.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
