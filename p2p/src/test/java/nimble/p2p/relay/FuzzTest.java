package nimble.p2p.relay;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What peers say of relays.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(FuzzTarget.through("RelayWord", FuzzTest::word));

  /// The kind stands before what a frame of it would bring.
  private static Bytes word(Bytes input) throws Malformed {
    if (input.isEmpty()) {
      throw new Malformed("no kind");
    }
    Kind kind = Kind.of(input.at(0) & 0xff);
    if (!Word.isWord(kind)) {
      throw new Malformed("another kind");
    }
    Bytes payload = input.slice(1, input.size());
    kind.checkSize(payload.size());
    return Bytes.concat(
        input.slice(0, 1), Word.decode(new Message(kind, payload)).message().payload());
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
