package nimble.storage;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import nimble.blob.Manifest;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.types.Hash;

/// What may be put on a shelf, and under which names.
public final class ShelfNames {
  private static final Pattern GROUP =
      Pattern.compile("[a-z0-9-][a-z0-9.-]{0,%d}".formatted(Shelf.NAME_MAX - 1));

  private ShelfNames() {}

  public static boolean isGroup(String name) {
    return GROUP.matcher(name).matches();
  }

  public static void checkGroup(String name) {
    Invariant.check(isGroup(name), "group '%s'", name);
  }

  public static void checkChunk(Bytes chunk) {
    Invariant.check(
        !chunk.isEmpty() && chunk.size() <= Manifest.CHUNK_BYTES,
        "chunk of %d bytes",
        chunk.size());
  }

  public static void checkDocument(Bytes contents) {
    Invariant.check(
        contents.size() <= Shelf.DOCUMENT_BYTES_MAX, "document of %d bytes", contents.size());
  }

  /// By what a document is found.
  public static Hash document(String name) {
    return Hashing.of("document", Bytes.wrap(name.getBytes(StandardCharsets.UTF_8)));
  }
}
