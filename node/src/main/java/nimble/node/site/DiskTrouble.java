package nimble.node.site;

import java.util.Optional;
import nimble.storage.StorageFailure;

/// What is wrong with a disk, and what to do about it.
public final class DiskTrouble {
  private DiskTrouble() {}

  /// Empty when `failure` is not the disk's.
  public static Optional<String> words(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof StorageFailure storage) {
        String what = String.valueOf(storage.getMessage());
        return Optional.of("%s. %s".formatted(what, remedy(what)));
      }
    }
    return Optional.empty();
  }

  private static String remedy(String what) {
    if (what.contains("No space left") || what.contains("Disk quota exceeded")) {
      return "The disk is full: make room, then start the node again; nothing final is lost";
    }
    if (what.contains("Read-only file system")) {
      return "The disk is read-only, often after an error of its own: check it, mount it writable,"
          + " then start the node again; nothing final is lost";
    }
    if (what.contains("File too large")) {
      return "A limit on the size of files is in force (ulimit -f): lift it, then start the node"
          + " again; nothing final is lost";
    }
    if (what.contains("Corruption") || what.contains("damaged") || what.contains("hole")) {
      return "What the disk holds is not what was written: run `nimble db verify`, and restore this"
          + " node from its peers or a snapshot";
    }
    return "Check the disk (dmesg, smartctl), then start the node again";
  }
}
