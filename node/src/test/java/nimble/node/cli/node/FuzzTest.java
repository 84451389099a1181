package nimble.node.cli.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.files.Mistake;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What commands read that no other program needs.
public final class FuzzTest {
  private static final Path FILE = Path.of("file");

  private static final List<FuzzTarget> TARGETS =
      List.of(FuzzTarget.through("KeysHistory", FuzzTest::history));

  private static Bytes history(Bytes input) throws Malformed {
    try {
      KeysHistory.Content.parse(FILE, new String(input.toArray(), StandardCharsets.UTF_8))
          .signed(FILE);
      return input;
    } catch (Mistake e) {
      throw new Malformed(e.words());
    }
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyParserSaysWhatIsWrong() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
