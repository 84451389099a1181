package nimble.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import nimble.codec.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FilePeerMemoryTest {
  @TempDir Path folder;

  @Test
  void c6OnlyItsOwnerReadsIt() throws IOException {
    Path file = folder.resolve("peers.dat");
    FilePeerMemory memory = new FilePeerMemory(file);
    assertEquals(Optional.empty(), memory.load());
    Files.writeString(folder.resolve("peers.dat.new"), "cut off, and anybody's");
    for (String saved : new String[] {"first", "second"}) {
      memory.save(Bytes.utf8(saved));
      assertEquals(Optional.of(Bytes.utf8(saved)), memory.load());
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
  }
}
