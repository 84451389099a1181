package nimble.storage.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.storage.Shelf;
import nimble.storage.ShelfContract;
import nimble.storage.StorageFailure;
import nimble.types.Hash;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileShelfTest {
  private static final Bytes CHUNK = Bytes.utf8("a chunk of evidence");
  private static final Hash NAME = Manifest.chunkHash(CHUNK);
  private static final Bytes INDEX = Bytes.utf8("index");
  private static final String GROUP = "7.0.1.12";

  @TempDir Path evidence;

  private FileShelf open() {
    return FileShelf.open(evidence, 10_000);
  }

  private Path file() {
    return evidence.resolve(GROUP + ".pack");
  }

  @Test
  void keepsTheContract() {
    ShelfContract.check(
        FileShelf.open(evidence, ShelfContract.BYTES_MAX), new SplittableRandom(1), 150);
  }

  @Test
  void e1EverythingSurvivesReopening() {
    FileShelf shelf = open();
    shelf.put(GROUP, NAME, CHUNK);
    shelf.write(GROUP, "index", Bytes.utf8("an older one"));
    shelf.write(GROUP, "index", INDEX);
    FileShelf again = open();
    assertEquals(Optional.of(CHUNK), again.get(NAME));
    assertEquals(Optional.of(INDEX), again.read(GROUP, "index"));
    assertEquals(shelf.bytesUsed(), again.bytesUsed());
    assertEquals(Shelf.Put.PRESENT, again.put(GROUP, NAME, CHUNK));
  }

  @Test
  void e1AChunkOfTwoGroupsStaysWhileOneIsThere() {
    FileShelf shelf = open();
    shelf.put(GROUP, NAME, CHUNK);
    shelf.put("other", NAME, CHUNK);
    assertTrue(shelf.drop(GROUP));
    assertEquals(Optional.of(CHUNK), shelf.get(NAME));
    assertTrue(shelf.drop("other"));
    assertEquals(Optional.empty(), shelf.get(NAME));
  }

  /// One writes and drops groups while another looks which there are.
  @Test
  void groupsMayComeAndGoWhileTheyAreRead() throws Exception {
    FileShelf shelf = open();
    AtomicBoolean met = new AtomicBoolean();
    AtomicBoolean over = new AtomicBoolean();
    FutureTask<Boolean> looking =
        new FutureTask<>(() -> {
          while (!over.get()) {
            if (!shelf.groups().isEmpty()) {
              met.set(true);
            }
          }
          return met.get();
        });
    Thread.ofPlatform().daemon().start(looking);
    try {
      for (int i = 0; (i < 300 || !met.get()) && !looking.isDone(); i++) {
        shelf.put(GROUP, NAME, CHUNK);
        shelf.drop(GROUP);
      }
    } finally {
      over.set(true);
    }
    assertTrue(looking.get());
  }

  @Test
  void e2DamagedContentsCountAsMissingAndCanComeAgain() throws IOException {
    open().put(GROUP, NAME, CHUNK);
    byte[] bytes = Files.readAllBytes(file());
    bytes[bytes.length - 1] ^= 1;
    Files.write(file(), bytes);
    FileShelf shelf = open();
    assertTrue(shelf.has(GROUP, NAME));
    assertEquals(Optional.empty(), shelf.get(NAME));
    assertFalse(shelf.has(GROUP, NAME));
    assertEquals(Shelf.Put.STORED, shelf.put(GROUP, NAME, CHUNK));
    assertEquals(Optional.of(CHUNK), open().get(NAME));
  }

  /// Wherever the file was torn behind its document, the document and what it stands for are there.
  @Test
  void e3ATornEndIsCut() throws IOException {
    FileShelf shelf = open();
    shelf.put(GROUP, NAME, CHUNK);
    shelf.write(GROUP, "index", INDEX);
    int durable = (int) Files.size(file());
    Bytes late = Bytes.utf8("late");
    shelf.put(GROUP, Manifest.chunkHash(late), late);
    byte[] whole = Files.readAllBytes(file());
    Seeds.forEach(
        60,
        random -> {
          byte[] torn = Arrays.copyOf(whole, random.nextInt(durable, whole.length));
          if (torn.length > durable && random.nextBoolean()) {
            Arrays.fill(torn, random.nextInt(durable, torn.length), torn.length, (byte) 0);
          }
          write(torn);
          FileShelf again = open();
          assertEquals(Optional.of(CHUNK), again.get(NAME));
          assertEquals(Optional.of(INDEX), again.read(GROUP, "index"));
          assertEquals(Optional.empty(), again.get(Manifest.chunkHash(late)));
          again.put(GROUP, Manifest.chunkHash(late), late);
          assertEquals(Optional.of(late), open().get(Manifest.chunkHash(late)));
        });
  }

  private void write(byte[] bytes) {
    try {
      Files.write(file(), bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void e4TheChainKeepsItsReserve() throws IOException {
    AtomicLong free = new AtomicLong(Disk.RESERVE_BYTES + 100);
    FileShelf shelf = new FileShelf(evidence, 10_000, free::get);
    assertEquals(Shelf.Put.STORED, shelf.put(GROUP, NAME, CHUNK));
    free.set(Disk.RESERVE_BYTES + 10);
    assertEquals(Shelf.Put.FULL, shelf.write(GROUP, "index", INDEX));
    assertEquals(Optional.of(CHUNK), shelf.get(NAME));
    free.set(Disk.RESERVE_BYTES + 100);
    assertEquals(Shelf.Put.STORED, shelf.write(GROUP, "index", INDEX));
  }

  /// `/dev/full` answers every write as a full disk does.
  @Test
  void e4AWriteThatFindsTheDiskFullChangesNothing() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")));
    AtomicLong asked = new AtomicLong();
    FileShelf shelf =
        new FileShelf(
            evidence, 10_000, () -> asked.getAndIncrement() % 2 == 0 ? Long.MAX_VALUE : 0);
    Files.createSymbolicLink(file(), Path.of("/dev/full"));
    assertEquals(Shelf.Put.FULL, shelf.put(GROUP, NAME, CHUNK));
    assertEquals(Set.of(), shelf.groups());
    assertEquals(0, shelf.bytesUsed());
    Files.delete(file());
    assertEquals(Shelf.Put.STORED, shelf.put(GROUP, NAME, CHUNK));
  }

  @Test
  void aDiskThatFailsWithRoomLeftStopsTheNode() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")));
    FileShelf shelf = new FileShelf(evidence, 10_000, () -> Long.MAX_VALUE);
    Files.createSymbolicLink(file(), Path.of("/dev/full"));
    assertThrows(StorageFailure.class, () -> shelf.put(GROUP, NAME, CHUNK));
    Files.delete(file());
  }

  @Test
  void e5AGroupIsGoneForGood() throws IOException {
    FileShelf shelf = open();
    shelf.put(GROUP, NAME, CHUNK);
    shelf.drop(GROUP);
    assertFalse(Files.exists(file()));
    assertEquals(Set.of(), open().groups());
  }

  @Test
  void whatIsNotOursIsLeftAlone() throws IOException {
    Files.writeString(evidence.resolve("notes.txt"), "mine", StandardOpenOption.CREATE_NEW);
    assertEquals(Set.of(), open().groups());
    assertTrue(Files.exists(evidence.resolve("notes.txt")));
  }
}
