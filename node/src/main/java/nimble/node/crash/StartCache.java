package nimble.node.crash;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import nimble.node.devnet.ChildNode;
import nimble.node.files.Mistake;

/// Spares each life of a node most of the work of loading classes: the JVM's own cache of them,
/// made by one start in advance. It needs a class path of jars.
///
/// @param classPath of this JVM, with jars in the place of directories
/// @param file the cache; the JVM decides whether it can make one
record StartCache(String classPath, Path file) {
  private static final long TRAINING_SECONDS_MAX = 300;

  static StartCache in(Path directory) throws IOException {
    Files.createDirectories(directory);
    List<String> elements = new ArrayList<>();
    for (String element : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      Path path = Path.of(element);
      if (Files.isDirectory(path)) {
        Path jar = directory.resolve("classes%d.jar".formatted(elements.size()));
        pack(path, jar);
        elements.add(jar.toString());
      } else if (Files.exists(path)) {
        elements.add(element);
      }
    }
    return new StartCache(
        String.join(File.pathSeparator, elements), directory.resolve("start.aot"));
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream out = new ZipOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      out.setMethod(ZipOutputStream.STORED);
      for (Path path : found.filter(Files::isRegularFile).sorted().toList()) {
        byte[] contents = Files.readAllBytes(path);
        CRC32 checksum = new CRC32();
        checksum.update(contents);
        ZipEntry entry =
            new ZipEntry(classes.relativize(path).toString().replace(File.separatorChar, '/'));
        entry.setSize(contents.length);
        entry.setCrc(checksum.getValue());
        out.putNextEntry(entry);
        out.write(contents);
      }
    }
  }

  /// Starts and stops a node once, which leaves the cache.
  void train(ChildNode.Order order) throws IOException, Mistake, InterruptedException {
    ChildNode node = ChildNode.start(order.with(List.of("-XX:AOTCacheOutput=" + file)), _ -> {});
    node.running();
    node.stop();
    node.awaitEnd(TRAINING_SECONDS_MAX);
  }

  List<String> flags() {
    return Files.exists(file) ? List.of("-XX:AOTCache=" + file) : List.of();
  }
}
