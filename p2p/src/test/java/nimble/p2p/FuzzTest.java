package nimble.p2p;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What of this module is read from sockets. Envelopes are protobuf, which has several forms of one
/// value.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.loose(
              "Hello",
              input -> Handshake.decode(sized(Kind.HELLO, input), "10.0.0.1"),
              hello -> hello.message().payload()),
          FuzzTarget.loose(
              "Get",
              input -> Get.decode(message(Kind.BLOCK_GET, input)),
              get -> get.message(Kind.BLOCK_GET).payload()),
          FuzzTarget.loose(
              "Chunk",
              input -> Chunk.decode(message(Kind.BLOCKS, input)),
              chunk -> chunk.message(Kind.BLOCKS).payload()),
          FuzzTarget.loose(
              "Announce",
              input -> Announce.decode(message(Kind.TX_ANNOUNCE, input)),
              announce -> announce.message(Kind.TX_ANNOUNCE).payload()),
          FuzzTarget.loose(
              "PeerList",
              input -> PeerList.decode(message(Kind.PEERS, input)),
              list -> list.message().payload()),
          FuzzTarget.loose(
              "Close",
              input -> Handshake.decodeClose(sized(Kind.CLOSE, input)),
              reason -> Handshake.close(reason).payload()),
          FuzzTarget.through(
              "CircuitCalled",
              input -> Circuit.dial(Circuit.called(sized(Kind.RELAY_DIAL, input))).payload()),
          FuzzTarget.through(
              "CircuitNumber",
              input -> Circuit.call(Circuit.number(sized(Kind.RELAY_CALL, input))).payload()),
          FuzzTarget.through("Part", FuzzTest::part),
          FuzzTarget.loose(
              "PeerAddress",
              input -> PeerAddress.parse(new String(input.toArray(), StandardCharsets.UTF_8)),
              address -> Bytes.utf8(address.toString())));

  /// As a frame brings it: within its kind's limit.
  private static Message message(Kind kind, Bytes input) throws Malformed {
    return new Message(kind, sized(kind, input));
  }

  private static Bytes sized(Kind kind, Bytes input) throws Malformed {
    kind.checkSize(input.size());
    return input;
  }

  private static Bytes part(Bytes input) throws Malformed {
    Part part = Part.decode(input);
    new Assembly().add(part);
    return Bytes.concat(Part.head(part.kind(), part.total(), part.offset()), part.data());
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
