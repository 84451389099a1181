package nimble.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A temporary folder of a measurement, gone with all that is in it when that ends: a gigabyte a
/// run would fill the disk.
public record Scratch(Path home) implements AutoCloseable {
  public static Scratch make() throws IOException {
    return new Scratch(Files.createTempDirectory("nimble-bench-"));
  }

  @Override
  public void close() throws IOException {
    NewFolder.delete(home);
  }
}
