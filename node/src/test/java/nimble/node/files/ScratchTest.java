package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ScratchTest {
  @Test
  void nothingStaysOfAMeasurement() throws IOException {
    Path home;
    try (Scratch scratch = Scratch.make()) {
      home = scratch.home();
      Files.writeString(Files.createDirectories(home.resolve("validator0/db")).resolve("a"), "b");
      assertEquals("b", Files.readString(home.resolve("validator0/db/a")));
    }
    assertFalse(Files.exists(home));
  }
}
