package nimble.node.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.node.chain.PoolFile;

/// A file of the data directory, replaced whole.
record DiskPoolFile(Path path) implements PoolFile {
  @Override
  public Optional<Bytes> load() {
    try {
      return Files.exists(path) && Files.size(path) <= BYTES_MAX
          ? Optional.of(Bytes.wrap(Files.readAllBytes(path)))
          : Optional.empty();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  @Override
  public boolean save(Bytes snapshot) {
    Path unfinished = path.resolveSibling(path.getFileName() + ".new");
    try {
      Files.write(unfinished, snapshot.toArray());
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (IOException full) {
      return false;
    }
  }
}
