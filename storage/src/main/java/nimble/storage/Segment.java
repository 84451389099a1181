package nimble.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;

/// A segment as it was found: its entries up to where the last whole frame ends.
record Segment(SegmentHeader header, List<LogEntry> entries, int end) {
  private static final String SUFFIX = ".log";

  static String name(long sequence) {
    return "%016d%s".formatted(sequence, SUFFIX);
  }

  static boolean isName(String name) {
    return name.endsWith(SUFFIX);
  }

  static Segment read(String name, Bytes file) {
    try {
      SegmentHeader header = SegmentHeader.decode(file);
      if (!name(header.sequence()).equals(name)) {
        throw new Malformed("its head says %s".formatted(name(header.sequence())));
      }
      return scan(name, header, file.asBuffer());
    } catch (Malformed e) {
      throw new StorageFailure("vote log %s is damaged: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static Segment scan(String name, SegmentHeader header, ByteBuffer file) throws Malformed {
    List<LogEntry> entries = new ArrayList<>();
    int end = SegmentHeader.BYTES;
    Optional<Frame> frame = Frame.at(file, header.life(), end);
    while (frame.isPresent()) {
      Reader reader = new Reader(frame.get().payload());
      while (reader.remaining() > 0) {
        entries.add(LogEntry.read(reader));
      }
      end = frame.get().end();
      frame = Frame.at(file, header.life(), end);
    }
    checkNothingBehind(name, header, file, end);
    return new Segment(header, entries, end);
  }

  /// V3: only the last frame can be torn.
  private static void checkNothingBehind(
      String name, SegmentHeader header, ByteBuffer file, int end) {
    for (int offset = end + 1; offset < file.capacity(); offset++) {
      if (Frame.at(file, header.life(), offset).isPresent()) {
        throw new StorageFailure(
            "vote log %s has a hole at offset %d: intact records follow at %d"
                .formatted(name, end, offset));
      }
    }
  }

  /// The highest view that has an entry here.
  Place newest() {
    Place newest = Place.START;
    for (LogEntry entry : entries) {
      if (!(entry instanceof LogEntry.Floor)) {
        newest = newest.max(entry.at());
      }
    }
    return newest;
  }

  Place floor() {
    Place floor = header.floor();
    for (LogEntry entry : entries) {
      if (entry instanceof LogEntry.Floor(Place at)) {
        floor = floor.max(at);
      }
    }
    return floor;
  }
}
