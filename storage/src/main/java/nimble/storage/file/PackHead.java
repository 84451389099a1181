package nimble.storage.file;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import nimble.codec.Bytes;
import nimble.storage.Shelf;
import nimble.types.Hash;

/// What stands before an entry's contents in a [Pack]: `u32 magic ‖ u8 kind ‖ id ‖ u32 length ‖ u32
/// checksum of the contents ‖ u32 checksum of all this`.
///
/// @param isChunk or else a document
record PackHead(boolean isChunk, Hash id, int length, int checksum) {
  private static final int MAGIC = 0x4e534846; // "NSHF"
  private static final byte CHUNK = 1;
  private static final byte DOCUMENT = 2;
  private static final int CHECKED = Shelf.ENTRY_BYTES - Integer.BYTES;

  static PackHead of(boolean isChunk, Hash id, Bytes contents) {
    return new PackHead(isChunk, id, contents.size(), checksum(contents.asBuffer()));
  }

  ByteBuffer encode() {
    ByteBuffer head =
        ByteBuffer.allocate(Shelf.ENTRY_BYTES)
            .putInt(MAGIC)
            .put(isChunk ? CHUNK : DOCUMENT)
            .put(id.bytes().asBuffer())
            .putInt(length)
            .putInt(checksum);
    return head.putInt(checksum(head.slice(0, CHECKED))).flip();
  }

  /// Empty for what is no head, or a torn one.
  static Optional<PackHead> decode(ByteBuffer head) {
    ByteBuffer from = head.duplicate().clear();
    int magic = from.getInt();
    byte kind = from.get();
    Hash id = new Hash(Bytes.copyOf(from.slice(from.position(), Hash.SIZE)));
    from.position(from.position() + Hash.SIZE);
    int length = from.getInt();
    int contents = from.getInt();
    boolean whole = from.getInt() == checksum(head.slice(0, CHECKED));
    boolean known = magic == MAGIC && (kind == CHUNK || kind == DOCUMENT);
    return whole && known && length >= 0
        ? Optional.of(new PackHead(kind == CHUNK, id, length, contents))
        : Optional.empty();
  }

  static int checksum(ByteBuffer data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return (int) crc.getValue();
  }
}
