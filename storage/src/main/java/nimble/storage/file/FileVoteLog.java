package nimble.storage.file;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import nimble.storage.LogEntry;
import nimble.storage.SegmentDirectory;
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

  /// The same, with notes of what is not synced, for [PowerLoss].
  public static Optional<VoteLog.Opened> open(Path directory, Path notes) {
    return SegmentedVoteLog.open(
        new JournaledSegments(directory, notes), SegmentedVoteLog.SEGMENT_BYTES, lives());
  }

  /// All that stands in a log that nobody has open, below its floor too: for whoever looks into it.
  public static List<LogEntry> read(Path directory) {
    return SegmentedVoteLog.read(new FileSegmentDirectory(directory));
  }

  static VoteLog create(Path directory, int segmentBytes) {
    return SegmentedVoteLog.create(new FileSegmentDirectory(directory), segmentBytes, lives());
  }

  static Optional<VoteLog.Opened> open(Path directory, int segmentBytes) {
    return SegmentedVoteLog.open(new FileSegmentDirectory(directory), segmentBytes, lives());
  }

  /// What else stands beside the log: files that are written in place, and synced.
  public static SegmentDirectory files(Path directory) {
    return new FileSegmentDirectory(directory);
  }

  /// The same, with notes of what is not synced, for [PowerLoss].
  public static SegmentDirectory files(Path directory, Path notes) {
    return new JournaledSegments(directory, notes);
  }

  private static LongSupplier lives() {
    return new SecureRandom()::nextLong;
  }
}
