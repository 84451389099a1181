package nimble.vm.hf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// The small files of a model by name, wherever they are.
@FunctionalInterface
public interface SmallFiles {
  /// Empty when there is none of that name.
  ///
  /// @param bytesMax that it may have
  Optional<Bytes> find(String name, int bytesMax) throws Malformed, IOException;

  static SmallFiles in(Path folder) {
    return (name, bytesMax) -> {
      Path file = folder.resolve(name);
      return Files.isRegularFile(file)
          ? Optional.of(HfFiles.read(file, bytesMax))
          : Optional.empty();
    };
  }
}
