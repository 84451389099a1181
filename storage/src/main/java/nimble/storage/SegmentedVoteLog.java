package nimble.storage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.types.Hash;

/// The vote log over segments of a directory (V1 to V6). `lives` yields a fresh random number per
/// use of a file.
public final class SegmentedVoteLog implements VoteLog {
  public static final int SEGMENT_BYTES = 16 << 20;

  /// Without finality for this many segments the disk is worth more than the log.
  private static final int SEGMENTS_MAX = 256;

  private static final int SPARES_MAX = 2;
  private static final String SPARE = "spare-";

  private record Closed(long sequence, Place newest) {}

  private final SegmentDirectory directory;
  private final int segmentBytes;
  private final LongSupplier lives;
  private final Deque<Closed> closed = new ArrayDeque<>();
  private final Deque<String> spares = new ArrayDeque<>();
  private final List<Bytes> pending = new ArrayList<>();
  private int pendingBytes;
  private Place pendingNewest = Place.START;
  private Place floor = Place.START;
  private long sequence;
  private long life;
  private int end;
  private Place newest = Place.START;
  private boolean failed;

  private SegmentedVoteLog(SegmentDirectory directory, int segmentBytes, LongSupplier lives) {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.lives = lives;
  }

  /// A new, empty log. Only for a validator that never voted, or that is told to forget that it
  /// did.
  public static SegmentedVoteLog create(
      SegmentDirectory directory, int segmentBytes, LongSupplier lives) {
    if (directory.names().stream().anyMatch(Segment::isName)) {
      throw new StorageFailure("a vote log exists already: it is never overwritten");
    }
    SegmentedVoteLog log = new SegmentedVoteLog(directory, segmentBytes, lives);
    log.dropSpares();
    log.startSegment();
    return log;
  }

  /// The log that is there, or empty when there is none: then this node must not vote in this
  /// epoch.
  public static Optional<Opened> open(
      SegmentDirectory directory, int segmentBytes, LongSupplier lives) {
    List<String> names = directory.names().stream().filter(Segment::isName).toList();
    if (names.isEmpty()) {
      return Optional.empty();
    }
    SegmentedVoteLog log = new SegmentedVoteLog(directory, segmentBytes, lives);
    log.dropSpares();
    return Optional.of(new Opened(log, log.recover(names)));
  }

  /// Changes nothing.
  public static List<LogEntry> read(SegmentDirectory directory) {
    return directory.names().stream()
        .filter(Segment::isName)
        .flatMap(name -> Segment.read(name, directory.read(name)).entries().stream())
        .toList();
  }

  private List<LogEntry> recover(List<String> names) {
    List<LogEntry> entries = new ArrayList<>();
    for (String name : names) {
      Segment segment = Segment.read(name, directory.read(name));
      if (sequence > 0) {
        checkFollows(segment.header(), name);
        closed.add(new Closed(sequence, newest));
      }
      floor = floor.max(segment.floor());
      sequence = segment.header().sequence();
      life = segment.header().life();
      end = segment.end();
      newest = segment.newest();
      entries.addAll(segment.entries());
    }
    directory.sync(names.getLast());
    directory.syncNames();
    entries.removeIf(entry -> entry instanceof LogEntry.Floor || entry.at().isBelow(floor));
    return entries;
  }

  private void checkFollows(SegmentHeader header, String name) {
    if (header.sequence() != sequence + 1) {
      throw new StorageFailure(
          "vote log: %s follows %s, what is between is missing"
              .formatted(name, Segment.name(sequence)));
    }
    if (header.previousEnd() != end) {
      throw new StorageFailure(
          "vote log %s has a hole at offset %d: it was written up to %d"
              .formatted(Segment.name(sequence), end, header.previousEnd()));
    }
  }

  private void dropSpares() {
    directory.names().stream().filter(name -> name.startsWith(SPARE)).forEach(directory::delete);
  }

  @Override
  public void append(Place at, Bytes record) {
    Invariant.check(!at.isBelow(floor), "vote at %s below the floor %s", at, floor);
    add(new LogEntry.Vote(at, record));
    pendingNewest = pendingNewest.max(at);
  }

  @Override
  public void appendBody(Place at, Hash hash, Bytes body) {
    if (!at.isBelow(floor)) {
      add(new LogEntry.Body(at, hash, body));
      pendingNewest = pendingNewest.max(at);
    }
  }

  @Override
  public Place floor() {
    return floor;
  }

  @Override
  public void raise(Place to) {
    if (!floor.isBelow(to)) {
      return;
    }
    boolean newEpoch = to.epoch() > floor.epoch();
    floor = to;
    if (newEpoch) {
      sync();
      guarded(this::startSegment);
    } else {
      add(new LogEntry.Floor(to));
    }
  }

  private void add(LogEntry entry) {
    Bytes encoded = Writer.encode(entry::write);
    int most = segmentBytes - SegmentHeader.BYTES - Frame.OVERHEAD;
    Invariant.check(encoded.size() <= most, "entry of %d bytes", encoded.size());
    if (pendingBytes + encoded.size() > most) {
      sync();
    }
    pending.add(encoded);
    pendingBytes += encoded.size();
  }

  @Override
  public void sync() {
    if (!pending.isEmpty()) {
      guarded(this::writeFrame);
    }
  }

  /// After a failure nobody knows what the disk holds: no second try, whatever the caller does.
  private void guarded(Runnable action) {
    if (failed) {
      throw new StorageFailure("the vote log failed before: restart the node");
    }
    failed = true;
    action.run();
    failed = false;
  }

  private void writeFrame() {
    if (end + Frame.OVERHEAD + pendingBytes > segmentBytes) {
      startSegment();
    }
    Bytes frame = Frame.encode(life, end, Bytes.concat(pending.toArray(new Bytes[0])));
    directory.write(Segment.name(sequence), end, frame);
    directory.sync(Segment.name(sequence));
    end += frame.size();
    newest = newest.max(pendingNewest);
    pending.clear();
    pendingBytes = 0;
    pendingNewest = Place.START;
  }

  /// The segment so far is synced; the next gets its name when its head is (V3, V5).
  private void startSegment() {
    String spare = spares.isEmpty() ? SPARE + "new" : spares.remove();
    if (spare.equals(SPARE + "new")) {
      directory.create(spare, segmentBytes);
    }
    SegmentHeader header = new SegmentHeader(sequence + 1, lives.getAsLong(), floor, end);
    directory.write(spare, 0, header.encode());
    directory.sync(spare);
    directory.rename(spare, Segment.name(header.sequence()));
    directory.syncNames();
    if (sequence > 0) {
      closed.add(new Closed(sequence, newest));
    }
    sequence = header.sequence();
    life = header.life();
    end = SegmentHeader.BYTES;
    newest = Place.START;
    recycle();
  }

  /// Oldest first, each one durably gone before the next, so that no gap can appear.
  private void recycle() {
    while (!closed.isEmpty() && closed.getFirst().newest().isBelow(floor)) {
      String name = Segment.name(closed.removeFirst().sequence());
      if (spares.size() < SPARES_MAX) {
        spares.add(SPARE + name.substring(0, name.indexOf('.')));
        directory.rename(name, spares.getLast());
      } else {
        directory.delete(name);
      }
      directory.syncNames();
    }
    if (closed.size() >= SEGMENTS_MAX) {
      throw new StorageFailure(
          "the vote log is full: nothing was final for %d segments".formatted(SEGMENTS_MAX));
    }
  }

  @Override
  public void close() {
    directory.close();
  }
}
