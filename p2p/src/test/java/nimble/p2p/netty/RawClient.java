package nimble.p2p.netty;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.SigningKey;
import nimble.p2p.Handshake;
import nimble.p2p.Hello;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.types.PublicKey;

/// A peer that speaks TLS and writes whatever bytes it likes.
final class RawClient implements AutoCloseable {
  final PublicKey id;
  private final SSLSocket socket;
  private final DataOutputStream out;
  private final DataInputStream in;

  RawClient(int number, int port) throws IOException {
    this(number, port, InetAddress.getLoopbackAddress());
  }

  /// @param from an address of this machine
  RawClient(int number, int port, InetAddress from) throws IOException {
    byte[] seed = new byte[SigningKey.SEED_SIZE];
    seed[0] = (byte) number;
    NodeKey key = new NodeKey(SigningKey.fromSeed(Bytes.wrap(seed)));
    id = key.id();
    socket =
        (SSLSocket)
            key.context(Optional.empty())
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port, from, 0);
    socket.setEnabledProtocols(new String[] {NodeKey.PROTOCOL});
    out = new DataOutputStream(socket.getOutputStream());
    in = new DataInputStream(socket.getInputStream());
  }

  void greet(Hello hello) throws IOException {
    frame(new Handshake(hello, Lane.CONTROL, id.hashCode()).message());
    Kind answer = readKind();
    if (answer != Kind.HELLO) {
      throw new IOException("answered with " + answer);
    }
  }

  void frame(Message message) throws IOException {
    frame(1 + message.payload().size(), message.kind().code(), message.payload());
  }

  void frame(int length, int kind, Bytes payload) throws IOException {
    out.writeInt(length);
    out.writeByte(kind);
    raw(payload);
  }

  void raw(Bytes bytes) throws IOException {
    out.write(bytes.toArray());
    out.flush();
  }

  /// Reads to the reason that the other side closes with.
  String readClose() throws IOException, Malformed {
    while (true) {
      byte[] bytes = new byte[in.readInt() - 1];
      int kind = in.readUnsignedByte();
      in.readFully(bytes);
      if (kind == Kind.CLOSE.code()) {
        return Handshake.decodeClose(Bytes.wrap(bytes));
      }
    }
  }

  /// Reads a frame and skips its payload.
  Kind readKind() throws IOException {
    int length = in.readInt();
    int kind = in.readUnsignedByte();
    in.skipNBytes(length - 1L);
    try {
      return Kind.of(kind);
    } catch (Malformed e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
