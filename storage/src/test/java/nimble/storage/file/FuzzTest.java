package nimble.storage.file;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.FuzzTarget;
import nimble.storage.Shelf;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

/// What stands in files of evidence, and in the one that says whose directory it is.
public final class FuzzTest {
  private static final int CHECKED = Shelf.ENTRY_BYTES - Integer.BYTES;
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.through("PackHead", FuzzTest::head),
          FuzzTarget.through("DirectoryVersion", FuzzTest::version));

  private static Bytes version(Bytes input) throws Malformed {
    try {
      DataDirectory.checkVersion(Path.of("home"), input.toArray(), "test", Hash.ZERO);
      return input;
    } catch (DataDirectory.Refused e) {
      throw new Malformed(String.valueOf(e.getMessage()));
    }
  }

  /// The checksum is put right, so that what stands before it is reached.
  private static Bytes head(Bytes input) throws Malformed {
    if (input.size() != CHECKED) {
      throw new Malformed("%d bytes".formatted(input.size()));
    }
    ByteBuffer head = ByteBuffer.allocate(Shelf.ENTRY_BYTES).put(input.asBuffer());
    head.putInt(PackHead.checksum(head.slice(0, CHECKED))).flip();
    PackHead decoded = PackHead.decode(head).orElseThrow(() -> new Malformed("no head"));
    return Bytes.copyOf(decoded.encode()).slice(0, CHECKED);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
