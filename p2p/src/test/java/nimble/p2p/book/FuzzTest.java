package nimble.p2p.book;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.sim.FuzzTarget;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

/// What is remembered of peers in a file.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(FuzzTarget.through("Remembered", input -> body(remembered(input))));

  /// The checksum is put right, so that what stands before it is reached.
  private static Remembered remembered(Bytes body) throws Malformed {
    return Remembered.decode(Bytes.concat(body, Hashing.of("peers", body).bytes()));
  }

  private static Bytes body(Remembered remembered) {
    Bytes bytes = remembered.encode();
    return bytes.slice(0, bytes.size() - Hash.SIZE);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
