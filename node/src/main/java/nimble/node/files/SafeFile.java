package nimble.node.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import nimble.codec.Bytes;

/// Small files, read within a limit (F4) and written whole (F2).
public final class SafeFile {
  private SafeFile() {}

  public static String read(Path file, long bytesMax) throws Mistake, IOException {
    try {
      ByteBuffer bytes = readBytes(file, Math.toIntExact(bytesMax)).asBuffer();
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw Mistake.of("%s is not UTF-8 text", file);
    }
  }

  public static Bytes readBytes(Path file, int bytesMax) throws Mistake, IOException {
    try (InputStream from = Files.newInputStream(file)) {
      long size = Files.size(file);
      if (size > bytesMax) {
        throw Mistake.of("%s has %d bytes, at most %d are possible", file, size, bytesMax);
      }
      // A pipe or a device has no size.
      byte[] bytes = from.readNBytes(bytesMax);
      if (from.read() >= 0) {
        throw Mistake.of("%s has more than the %d bytes that are possible", file, bytesMax);
      }
      return Bytes.wrap(bytes);
    } catch (NoSuchFileException e) {
      throw Mistake.of("%s does not exist", file);
    }
  }

  /// Writes a file that must not be there yet.
  public static void create(Path file, Bytes bytes) throws Mistake, IOException {
    refuseExisting(file);
    write(file, bytes.asBuffer(), false);
  }

  /// Writes a file that must not be there yet.
  public static void create(Path file, String text) throws Mistake, IOException {
    refuseExisting(file);
    write(file, text, false);
  }

  /// The same for a secret (F3).
  static void createSecret(Path file, String text) throws Mistake, IOException {
    refuseExisting(file);
    write(file, text, true);
  }

  /// Writes a file for nobody else's eyes, in place of what is there.
  public static void replaceSecret(Path file, Bytes bytes) throws IOException {
    write(file, bytes.asBuffer(), true);
  }

  private static void refuseExisting(Path file) throws Mistake {
    if (Files.exists(file)) {
      throw Mistake.of("%s exists already: move it away, or choose another name", file);
    }
  }

  static void write(Path file, String text, boolean secret) throws IOException {
    write(file, StandardCharsets.UTF_8.encode(text), secret);
  }

  private static void write(Path file, ByteBuffer bytes, boolean secret) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.resolveSibling("");
    Files.createDirectories(folder, ownerOnly(folder, secret, "rwx------"));
    Path unfinished = target.resolveSibling(target.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly(target, secret, "rw-------"))) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileAttribute<?>[] ownerOnly(Path path, boolean secret, String permissions) {
    return secret && path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
