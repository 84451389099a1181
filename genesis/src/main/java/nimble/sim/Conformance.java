package nimble.sim;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Pins an encoding: one sample value per type, its bytes in hexadecimal in a file beside the
/// tests. A byte that changes splits the network, so it must fail a test first.
///
/// The file is `conformance/<name>.hex` among the test resources of the module that `home` belongs
/// to; white space is ignored, and what follows a `#`.
public final class Conformance {
  private Conformance() {}

  /// Fails unless `value` is written as the file says, is read back, and neither a shorter nor a
  /// longer encoding is taken.
  public static <T> void check(
      Class<?> home, String name, T value, BiConsumer<T, Writer> write, Reader.Decoder<T> read) {
    Bytes actual = Writer.encode(writer -> write.accept(value, writer));
    String pinned = pinned(home, name);
    if (!pinned.equals(actual.toString())) {
      throw new AssertionError(
          "the encoding of %s is not conformance/%s.hex\n  pinned %s\n  actual %s"
              .formatted(value, name, pinned, actual));
    }
    try {
      if (!Reader.decode(actual, read).equals(value)) {
        throw new AssertionError(name + " does not come back as it was written");
      }
    } catch (Malformed e) {
      throw new AssertionError(name + " cannot read what it wrote", e);
    }
    for (int size = 0; size < actual.size(); size++) {
      refuse(name, actual.slice(0, size), read);
    }
    refuse(name, Bytes.concat(actual, Bytes.wrap(new byte[1])), read);
  }

  private static <T> void refuse(String name, Bytes bytes, Reader.Decoder<T> read) {
    try {
      Reader.decode(bytes, read);
    } catch (Malformed expected) {
      return;
    }
    throw new AssertionError("%s takes %d bytes: %s".formatted(name, bytes.size(), bytes));
  }

  private static String pinned(Class<?> home, String name) {
    String path = "/conformance/" + name + ".hex";
    try (InputStream file = home.getResourceAsStream(path)) {
      return file == null
          ? "nothing: there is no " + path
          : new String(file.readAllBytes(), StandardCharsets.UTF_8).replaceAll("#.*|\\s", "");
    } catch (IOException e) {
      throw new AssertionError(path, e);
    }
  }
}
