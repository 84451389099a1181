package nimble.node.site;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import nimble.codec.Bytes;
import nimble.node.files.Entropy;
import nimble.node.net.PeerMemory;
import nimble.p2p.book.Remembered;
import nimble.storage.StorageFailure;

/// Keeps it in a file, which is replaced whole.
final class FilePeerMemory implements PeerMemory {
  private static final long BYTES_MAX = 8L << 20;

  private final Path file;

  FilePeerMemory(Path file) {
    this.file = file;
  }

  @Override
  public Optional<Bytes> load() {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      // Too large to be ours: what is cut off fails its checksum.
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(BYTES_MAX, channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
          // Reads on.
        }
        return Optional.of(Bytes.copyOf(bytes.flip()));
      }
    } catch (IOException e) {
      throw new StorageFailure("cannot read %s: %s".formatted(file, e), e);
    }
  }

  @Override
  public void save(Bytes remembered) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(unfinished);
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              ownerOnly())) {
        ByteBuffer bytes = remembered.asBuffer();
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StorageFailure("cannot write %s: %s".formatted(file, e), e);
    }
  }

  /// Who knows the salt can fill the book's buckets (B2).
  private FileAttribute<?>[] ownerOnly() {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public Bytes salt() {
    return Entropy.of(Remembered.SALT_SIZE);
  }
}
