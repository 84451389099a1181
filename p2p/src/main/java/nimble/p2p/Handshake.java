package nimble.p2p;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.wire.Wire;
import nimble.types.ChainId;

/// What the transports say to each other: the first frame of a connection, its lane and the process
/// it comes from; and the frames that open, keep and end it.
public record Handshake(Hello hello, Lane lane, long instance) {
  public static final Message PING = Envelope.message(Kind.PING, Wire.Ping.getDefaultInstance());
  public static final Message OPEN_BULK = new Message(Kind.OPEN_BULK, Bytes.EMPTY);

  public Message message() {
    Wire.Hello.Builder wire =
        Wire.Hello.newBuilder()
            .setChain(hello.chain().value())
            .setGenesis(Envelope.of(hello.genesis().bytes()))
            .setProtocolMin(hello.protocolMin())
            .setProtocolMax(hello.protocolMax())
            .setHeight(hello.height())
            .setRoles(Role.bits(hello.roles()))
            .setAgent(hello.agent())
            .setLane(lane.code())
            .setInstance(instance);
    hello.listen().ifPresent(address -> wire.setHost(address.host()).setPort(address.port()));
    return Envelope.message(Kind.HELLO, wire.build());
  }

  /// `seenFrom` stands in for a host that the peer left open; empty when it was seen from nowhere.
  public static Handshake decode(Bytes payload, String seenFrom) throws Malformed {
    try {
      Wire.Hello wire = Wire.Hello.parseFrom(payload.asBuffer());
      return new Handshake(hello(wire, seenFrom), Lane.of(wire.getLane()), wire.getInstance());
    } catch (InvalidProtocolBufferException e) {
      throw Envelope.malformed(Kind.HELLO, e);
    }
  }

  private static Hello hello(Wire.Hello wire, String seenFrom) throws Malformed {
    if (!ChainId.isValid(wire.getChain())) {
      throw new Malformed("chain id is not [a-z0-9-]{1,32}");
    }
    if (wire.getProtocolMin() <= 0 || wire.getProtocolMin() > wire.getProtocolMax()) {
      throw new Malformed(
          "protocol %d to %d".formatted(wire.getProtocolMin(), wire.getProtocolMax()));
    }
    if (!Text.isLine(wire.getAgent(), Hello.AGENT_LENGTH_MAX)) {
      throw new Malformed("agent is not a short line of text");
    }
    return new Hello(
        new ChainId(wire.getChain()),
        Envelope.hash(wire.getGenesis()),
        wire.getProtocolMin(),
        wire.getProtocolMax(),
        Envelope.quantity(wire.getHeight()),
        listen(wire, seenFrom),
        Role.of(wire.getRoles()),
        wire.getAgent());
  }

  private static Optional<PeerAddress> listen(Wire.Hello wire, String seenFrom) throws Malformed {
    if (wire.getPort() == 0) {
      return Optional.empty();
    }
    String host = isOpen(wire.getHost()) ? seenFrom : wire.getHost();
    if (host.isEmpty()) {
      return Optional.empty();
    }
    if (wire.getPort() < 0 || wire.getPort() > PeerAddress.PORT_MAX || !PeerAddress.isHost(host)) {
      throw new Malformed("listens at no address");
    }
    return Optional.of(PeerAddress.of(host, wire.getPort()));
  }

  private static boolean isOpen(String host) {
    return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
  }

  public static Message close(String reason) {
    return Envelope.message(
        Kind.CLOSE, Wire.Close.newBuilder().setReason(Text.reason(reason)).build());
  }

  public static String decodeClose(Bytes payload) throws Malformed {
    try {
      return Text.reason(Wire.Close.parseFrom(payload.asBuffer()).getReason());
    } catch (InvalidProtocolBufferException e) {
      throw Envelope.malformed(Kind.CLOSE, e);
    }
  }
}
