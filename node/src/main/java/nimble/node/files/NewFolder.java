package nimble.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder that appears when it is whole, and not before. Until then it is made beside its place,
/// in `NAME.unfinished`, where what took long to fetch may be kept for another try.
public record NewFolder(Path place) {
  private static final String FOLDER = "folder";

  /// Refuses a place where there is something.
  ///
  /// @param option that chooses another place
  public static NewFolder at(Path place, String option) throws Mistake, IOException {
    if (Files.exists(place) && !(Files.isDirectory(place) && isEmpty(place))) {
      throw Mistake.of("%s exists already: move it away, or choose another with %s", place, option);
    }
    NewFolder created = new NewFolder(place.toAbsolutePath().normalize());
    Files.createDirectories(created.kept());
    delete(created.made());
    Files.createDirectory(created.made());
    return created;
  }

  /// Lives until the folder is whole, over several tries.
  public Path kept() {
    return place.resolveSibling(place.getFileName() + ".unfinished");
  }

  /// What becomes the folder.
  public Path made() {
    return kept().resolve(FOLDER);
  }

  public void finish() throws IOException {
    Files.deleteIfExists(place);
    Files.move(made(), place, StandardCopyOption.ATOMIC_MOVE);
    delete(kept());
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /// With all that is in it; nothing when it is not there.
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
