package nimble.storage;

import java.util.zip.CRC32C;
import nimble.codec.Bytes;

/// CRC32C: against accidents, not against attackers.
final class Checksum {
  private Checksum() {}

  static long of(Bytes... parts) {
    CRC32C crc = new CRC32C();
    for (Bytes part : parts) {
      crc.update(part.asBuffer());
    }
    return crc.getValue();
  }
}
