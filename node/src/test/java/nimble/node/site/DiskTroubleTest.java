package nimble.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DiskTroubleTest {
  @Test
  void whateverFileADiskRefusesIsTheDisks() {
    String full = DiskTrouble.words(new IOException("No space left on device")).orElseThrow();
    assertTrue(full.contains("make room"), full);
    String readOnly =
        DiskTrouble.words(new FileSystemException("home/LOCK", null, "Read-only file system"))
            .orElseThrow();
    assertTrue(readOnly.contains("home/LOCK") && readOnly.contains("writable"), readOnly);
    assertEquals(Optional.empty(), DiskTrouble.words(new NoSuchFileException("home/LOCK")));
    assertEquals(Optional.empty(), DiskTrouble.words(new IOException("Connection refused")));
  }
}
