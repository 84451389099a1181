package nimble.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nimble.vm.ModelSpec;

/// A job's data as the network reads it: its own file, or one made of it, which goes with this.
public record PreparedData(Path file, boolean made) implements AutoCloseable {
  static PreparedData of(DataSource source, ModelSpec model) throws Mistake, IOException {
    return switch (source.form()) {
      case TEXT -> new PreparedData(source.path(), false);
      case EXAMPLES -> examples(source, model);
    };
  }

  private static PreparedData examples(DataSource source, ModelSpec model)
      throws Mistake, IOException {
    PreparedData prepared = new PreparedData(Files.createTempFile("nimble-", ".examples"), true);
    try (ExampleFile to = new ExampleFile(prepared.file, model)) {
      source.write(to);
      to.finish();
      return prepared;
    } catch (Mistake | IOException | RuntimeException e) {
      prepared.close();
      throw e;
    }
  }

  public long size() throws IOException {
    return Files.size(file);
  }

  @Override
  public void close() throws IOException {
    if (made) {
      Files.deleteIfExists(file);
    }
  }
}
