package nimble.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import nimble.check.Invariant.BrokenInvariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Merkle;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

final class ManifestTest {
  private static final Hash A = Manifest.chunkHash(Bytes.utf8("a"));
  private static final Hash B = Manifest.chunkHash(Bytes.utf8("b"));

  @Test
  void b1ChunksAreFullExceptTheLast() {
    Manifest manifest = new Manifest(Manifest.CHUNK_BYTES + 5L, List.of(A, B));
    assertEquals(Manifest.CHUNK_BYTES, manifest.chunkBytes(0));
    assertEquals(5, manifest.chunkBytes(1));
    assertThrows(BrokenInvariant.class, () -> new Manifest(5, List.of(A, B)));
    assertThrows(BrokenInvariant.class, () -> new Manifest(0, List.of(A)));
  }

  @Test
  void b3EncodingIsFixed() throws Malformed {
    Manifest manifest = new Manifest(3, List.of(A));
    Bytes expected = Bytes.hex("01" + "0000000000000003" + "00000001" + A);
    assertEquals(expected, manifest.encode());
    assertEquals(manifest, Manifest.decode(expected));
    assertEquals(Manifest.chunkHash(expected), manifest.id());
  }

  @Test
  void b3TheLargestManifestIsOneChunk() {
    List<Hash> chunks = Collections.nCopies(Manifest.CHUNKS_MAX, A);
    Manifest manifest = new Manifest(Manifest.SIZE_MAX, chunks);
    assertTrue(manifest.encode().size() <= Manifest.CHUNK_BYTES);
    assertTrue(manifest.encode().size() + Hash.SIZE > Manifest.CHUNK_BYTES);
  }

  @Test
  void b4RootIsTheMerkleRootOfNames() {
    Manifest manifest = new Manifest(Manifest.CHUNK_BYTES + 1L, List.of(A, B));
    assertEquals(Merkle.root(List.of(A.bytes(), B.bytes())), manifest.root());
    assertEquals(Merkle.empty(), new Manifest(0, List.of()).root());
  }

  @Test
  void sizesThatDoNotFitAreMalformed() {
    String[] bad = {
      "02" + "0000000000000003" + "00000001" + A,
      "01" + "0000000000000000" + "00000001" + A,
      "01" + "0000000000100001" + "00000001" + A,
      "01" + "8000000000000001" + "00000001" + A,
      "01" + "0000000000000003" + "00000001" + A + "00",
      "01" + "0000000000000003" + "ffffffff" + A,
    };
    for (String each : bad) {
      assertThrows(Malformed.class, () -> Manifest.decode(Bytes.hex(each)), each);
    }
  }
}
