package nimble.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import nimble.codec.Bytes;
import org.junit.jupiter.api.Test;

final class BlobTest {
  @Test
  void b1APartitionDoesNotShow() {
    byte[] bytes = new byte[2 * Manifest.CHUNK_BYTES + 7];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (31 * i);
    }
    Bytes whole = Bytes.wrap(bytes);
    Blob blob = Blob.of(whole);
    assertEquals(3, blob.chunks().size());
    assertEquals(whole, blob.whole());
    Bytes head = whole.slice(0, 100);
    assertEquals(blob, Blob.of(List.of(head, Bytes.EMPTY, whole.slice(100, whole.size()))));
    for (int i = 0; i < 3; i++) {
      assertEquals(blob.manifest().chunks().get(i), Manifest.chunkHash(blob.chunks().get(i)));
    }
  }

  @Test
  void b1SmallAndEmptyOnesToo() {
    assertEquals(new Blob(new Manifest(0, List.of()), List.of()), Blob.of(Bytes.EMPTY));
    Bytes small = Bytes.utf8("ab");
    assertEquals(Blob.of(small), Blob.of(List.of(Bytes.utf8("a"), Bytes.utf8("b"))));
    assertEquals(1, Blob.of(Bytes.wrap(new byte[Manifest.CHUNK_BYTES])).chunks().size());
  }
}
