package nimble.storage.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;

/// Where chunks lie: `ab/cd/` and the whole name in hexadecimal. Anything else is not ours.
final class BlobTree {
  private static final Pattern PAIR = Pattern.compile("[0-9a-f]{2}");
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

  private final Path root;

  BlobTree(Path root) {
    this.root = root;
  }

  Path path(Hash chunk) {
    String name = chunk.toString();
    return root.resolve(name.substring(0, 2)).resolve(name.substring(2, 4)).resolve(name);
  }

  long bytes() throws IOException {
    long bytes = 0;
    for (Path outer : matching(root, PAIR)) {
      for (Path inner : matching(outer, PAIR)) {
        for (Path file : matching(inner, NAME)) {
          bytes += Files.size(file);
        }
      }
    }
    return bytes;
  }

  /// Names above `after`, ascending; directories below it are not opened.
  List<Hash> names(Hash after, int limit) throws IOException {
    String from = after.toString();
    List<Hash> names = new ArrayList<>();
    for (Path outer : matching(root, PAIR)) {
      if (name(outer).compareTo(from.substring(0, 2)) < 0) {
        continue;
      }
      for (Path inner : matching(outer, PAIR)) {
        if ((name(outer) + name(inner)).compareTo(from.substring(0, 4)) < 0) {
          continue;
        }
        for (Path file : matching(inner, NAME)) {
          if (names.size() == limit) {
            return names;
          }
          if (name(file).compareTo(from) > 0) {
            names.add(hash(name(file)));
          }
        }
      }
    }
    return names;
  }

  private static Hash hash(String name) throws IOException {
    try {
      return new Hash(Bytes.hex(name));
    } catch (Malformed e) {
      throw new IOException(name, e);
    }
  }

  private static List<Path> matching(Path directory, Pattern pattern) throws IOException {
    return sorted(directory).stream()
        .filter(each -> pattern.matcher(name(each)).matches())
        .toList();
  }

  static List<Path> sorted(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
