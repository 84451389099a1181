package nimble.storage.file;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.LongSupplier;
import nimble.storage.SegmentedVoteLog;
import nimble.storage.VoteLog;

/// The vote log of a real node, in the data directory's `votes/`.
public final class FileVoteLog {
  private FileVoteLog() {}

  /// At `init`, or when told to vote without the log of old.
  public static VoteLog create(Path directory) {
    return create(directory, SegmentedVoteLog.SEGMENT_BYTES);
  }

  /// Empty when there is none: then this node must not vote in this epoch.
  public static Optional<VoteLog.Opened> open(Path directory) {
    return open(directory, SegmentedVoteLog.SEGMENT_BYTES);
  }

  static VoteLog create(Path directory, int segmentBytes) {
    return SegmentedVoteLog.create(new FileSegmentDirectory(directory), segmentBytes, lives());
  }

  static Optional<VoteLog.Opened> open(Path directory, int segmentBytes) {
    return SegmentedVoteLog.open(new FileSegmentDirectory(directory), segmentBytes, lives());
  }

  private static LongSupplier lives() {
    return new SecureRandom()::nextLong;
  }
}
