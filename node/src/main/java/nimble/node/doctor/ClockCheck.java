package nimble.node.doctor;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Compares this machine's clock with a time server (RFC 4330), or with the chain.
final class ClockCheck {
  private static final int PORT = 123;
  private static final int PACKET_BYTES = 48;
  private static final int TIMEOUT_MILLIS = 3_000;
  private static final int CLIENT_REQUEST = 0x23;
  private static final int RECEIVED_AT = 32;
  private static final int SENT_AT = 40;
  private static final long SECONDS_1900_TO_1970 = 2_208_988_800L;

  /// Blocks may be this far ahead of a validator's clock.
  private static final long OFF_MILLIS_MAX = 500;

  private static final String REMEDY = "keep the clock with chrony or systemd-timesyncd";

  private ClockCheck() {}

  /// @param server a time server's name
  /// @param tipMillis the time of the newest block, where a node runs
  static Finding run(Optional<String> server, Optional<Long> tipMillis) {
    if (server.isPresent()) {
      return ask(server.get());
    }
    if (tipMillis.isEmpty()) {
      return Finding.unknown(
          "clock", "nothing to compare it with", "give --time-server HOST, or run the node");
    }
    long ahead = tipMillis.get() - System.currentTimeMillis();
    return ahead > OFF_MILLIS_MAX
        ? Finding.fail(
            "clock", "the newest block is %d ms ahead of it: it is slow".formatted(ahead), REMEDY)
        : Finding.ok("clock", "not behind the newest block");
  }

  private static Finding ask(String server) {
    try {
      long off = offsetMillis(InetAddress.getByName(server));
      String found = "%d ms off by %s".formatted(off, server);
      return Math.abs(off) > OFF_MILLIS_MAX
          ? Finding.fail("clock", found, REMEDY)
          : Finding.ok("clock", "%s", found);
    } catch (IOException e) {
      return Finding.unknown(
          "clock", "%s does not answer: %s".formatted(server, e.getMessage()), REMEDY);
    }
  }

  /// How far the server is ahead.
  private static long offsetMillis(InetAddress server) throws IOException {
    byte[] packet = new byte[PACKET_BYTES];
    packet[0] = CLIENT_REQUEST;
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      long asked = System.currentTimeMillis();
      socket.send(new DatagramPacket(packet, packet.length, server, PORT));
      socket.receive(new DatagramPacket(packet, packet.length));
      long heard = System.currentTimeMillis();
      ByteBuffer answer = ByteBuffer.wrap(packet);
      return ((millis(answer, RECEIVED_AT) - asked) + (millis(answer, SENT_AT) - heard)) / 2;
    }
  }

  private static long millis(ByteBuffer answer, int at) {
    long seconds = Integer.toUnsignedLong(answer.getInt(at)) - SECONDS_1900_TO_1970;
    long fraction = Integer.toUnsignedLong(answer.getInt(at + 4));
    return seconds * 1_000 + ((fraction * 1_000) >> 32);
  }
}
