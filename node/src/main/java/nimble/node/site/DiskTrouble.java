package nimble.node.site;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.storage.StorageFailure;

/// What is wrong with a disk, and what to do about it.
public final class DiskTrouble {
  private static final String FULL = "No space left";
  private static final String OVER_QUOTA = "Disk quota exceeded";
  private static final String READ_ONLY = "Read-only file system";
  private static final String TOO_LARGE = "File too large";

  private DiskTrouble() {}

  /// Empty when `failure` is not the disk's.
  public static Optional<String> words(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      String what = String.valueOf(at.getMessage());
      if (at instanceof StorageFailure || (at instanceof IOException && isDisks(what))) {
        return Optional.of("%s. %s".formatted(what, remedy(what)));
      }
    }
    return Optional.empty();
  }

  /// Of a file that is not storage's.
  private static boolean isDisks(String what) {
    return Stream.of(FULL, OVER_QUOTA, READ_ONLY, TOO_LARGE).anyMatch(what::contains);
  }

  private static String remedy(String what) {
    if (what.contains(FULL) || what.contains(OVER_QUOTA)) {
      return "The disk is full: make room, then start the node again; nothing final is lost";
    }
    if (what.contains(READ_ONLY)) {
      return "The disk is read-only, often after an error of its own: check it, mount it writable,"
          + " then start the node again; nothing final is lost";
    }
    if (what.contains(TOO_LARGE)) {
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
