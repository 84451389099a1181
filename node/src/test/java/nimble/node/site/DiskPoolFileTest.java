package nimble.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.node.chain.PoolFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The mempool's file outlives its process, and never holds a node up.
final class DiskPoolFileTest {
  @TempDir Path directory;

  @Test
  void whatWasSavedLastIsThereForTheNextProcess() throws IOException {
    Path path = directory.resolve("mempool");
    assertEquals(Optional.empty(), new DiskPoolFile(path).load());
    assertTrue(new DiskPoolFile(path).save(Bytes.utf8("first, and longer")));
    assertTrue(new DiskPoolFile(path).save(Bytes.utf8("second")));
    assertEquals(Optional.of(Bytes.utf8("second")), new DiskPoolFile(path).load());
    try (var files = Files.list(directory)) {
      assertEquals(1, files.count(), "nothing unfinished stays");
    }
  }

  @Test
  void aDiskThatTakesNothingAndAFileTooLargeAreNoReasonToStop() throws IOException {
    assertFalse(new DiskPoolFile(directory.resolve("none/mempool")).save(Bytes.utf8("it")));
    Path path = directory.resolve("mempool");
    try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.setLength(PoolFile.BYTES_MAX + 1L);
    }
    assertEquals(Optional.empty(), new DiskPoolFile(path).load());
  }
}
