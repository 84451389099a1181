package nimble.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import nimble.blob.Blob;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.storage.Shelf;
import nimble.storage.mem.MemoryShelf;
import nimble.types.Hash;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// W6: what is pinned stays on the shelf, whole, until it is unpinned.
final class PinsTest {
  private final SortedMap<Hash, Blob> network = new TreeMap<>();
  private final MemoryShelf shelf = new MemoryShelf(1 << 20);
  private final Pins pins = new Pins(new AtOnce());

  /// The exchange as it would be if nothing took time.
  private final class AtOnce implements Evidence {
    @Override
    public void fetch(Order order, Consumer<Blobs.Fetched> done) {
      Blob blob = network.get(order.manifest());
      if (blob == null) {
        done.accept(new Blobs.Fetched.Failed("nowhere"));
        return;
      }
      for (Bytes chunk : blob.chunks()) {
        shelf.put(order.group(), Manifest.chunkHash(chunk), chunk);
      }
      done.accept(new Blobs.Fetched.Whole(blob.whole()));
    }

    @Override
    public void keep(
        String group, Manifest manifest, List<Bytes> chunks, Consumer<Shelf.Put> done) {
      throw new AssertionError("pins are gathered, not put in");
    }

    @Override
    public void write(String group, String name, Bytes contents, Consumer<Shelf.Put> done) {
      done.accept(shelf.write(group, name, contents));
    }

    @Override
    public void read(String group, String name, Consumer<Optional<Bytes>> done) {
      done.accept(shelf.read(group, name));
    }

    @Override
    public void groups(Consumer<SortedSet<String>> done) {
      done.accept(shelf.groups());
    }

    @Override
    public void drop(String group) {
      shelf.drop(group);
    }
  }

  @Test
  void w6APinnedCheckpointStaysUntilItIsUnpinned() throws Exception {
    Blob first = Blob.of(Bytes.utf8("first stage"));
    Blob second = Blob.of(Bytes.utf8("second stage"));
    JobId job = new JobId(7);
    Pins.Pin pin = new Pins.Pin(job, 19, List.of(first.id(), second.id()));
    network.put(first.id(), first);
    assertEquals(
        "nowhere",
        assertThrows(Pins.Failed.class, () -> pins.pin(FinalizedChains.EMPTY, pin)).getMessage());
    assertEquals(List.of(), pins.of(job), "half of it is no pin");
    network.put(second.id(), second);
    pins.pin(FinalizedChains.EMPTY, pin);
    assertEquals(List.of(pin), pins.of(job));
    assertEquals(List.of(), pins.of(new JobId(71)));
    Hash chunk = second.manifest().chunks().getFirst();
    assertTrue(shelf.get(chunk).isPresent());
    assertFalse(pins.unpin(job, 18));
    assertTrue(pins.unpin(job, 19));
    assertEquals(List.of(), pins.of(job));
    assertTrue(shelf.get(chunk).isEmpty());
  }
}
