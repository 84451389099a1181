package nimble.vm.djl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The container of a TorchScript module: a stored zip of its code, an empty pickled object and no
/// constants.
final class Archive {
  /// PROTO 2; GLOBAL __torch__.M; BINPUT 0; NEWOBJ(); {"training": True}; BUILD; BINPUT 2; STOP
  private static final String OBJECT =
      "\u0080\u0002c__torch__\nM\nq\u0000)\u0081}(X\b\u0000\u0000\u0000trainingq\u0001\u0088ubq\u0002.";

  private static final String NO_CONSTANTS = "\u0080\u0002).";

  private Archive() {}

  static byte[] of(String code) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      put(zip, "m/data.pkl", OBJECT);
      put(zip, "m/code/__torch__.py", code);
      put(zip, "m/constants.pkl", NO_CONSTANTS);
      put(zip, "m/version", "10\n");
      put(zip, "m/byteorder", "little");
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, String text) throws IOException {
    byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
    var sum = new CRC32();
    sum.update(content);
    var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    // Same bytes on every day.
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
