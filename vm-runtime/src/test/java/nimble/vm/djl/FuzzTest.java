package nimble.vm.djl;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What the library that reads tokenizers makes of files from anybody.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(FuzzTarget.through("TokenizerFile", FuzzTest::tokenizer));

  /// What is taken reads and writes text, or says that it cannot: the process goes on (H8).
  private static Bytes tokenizer(Bytes input) throws Malformed {
    try (DjlTokenizer tokenizer = DjlTokenizer.of(input)) {
      read(tokenizer, "the quick\nbrown fox");
      read(tokenizer, "<s> \u00fc\u4e2d\ud83d\ude00");
      return input;
    }
  }

  private static void read(DjlTokenizer tokenizer, String text) throws Malformed {
    try {
      tokenizer.decode(tokenizer.encode(text));
      tokenizer.said(tokenizer.prompt(text));
    } catch (RuntimeException e) {
      throw new Malformed("no such text: " + e.getMessage());
    }
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyFileIsRefusedOrReadsText() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
