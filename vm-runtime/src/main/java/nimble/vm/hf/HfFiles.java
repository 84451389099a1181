package nimble.vm.hf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// Small files of a model folder, within a limit.
final class HfFiles {
  static final String CONFIG = "config.json";
  static final String GENERATION_CONFIG = "generation_config.json";
  static final String TOKENIZER = "tokenizer.json";
  static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  static final int CONFIG_BYTES_MAX = 1 << 20;

  private HfFiles() {}

  static Bytes read(Path file, int bytesMax) throws Malformed, IOException {
    try {
      long size = Files.size(file);
      if (size > bytesMax) {
        throw new Malformed(
            "%s has %d bytes, at most %d are possible".formatted(file, size, bytesMax));
      }
      return Bytes.wrap(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new Malformed("%s does not exist".formatted(file));
    }
  }
}
