package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.check.Invariant.BrokenInvariant;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.storage.mem.MemorySegmentDirectory;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

final class SegmentedVoteLogTest {
  private static final int SEGMENT_BYTES = 600;
  private final SplittableRandom lives = new SplittableRandom(99);
  private final MemorySegmentDirectory disk = new MemorySegmentDirectory();

  private SegmentedVoteLog create() {
    return SegmentedVoteLog.create(disk, SEGMENT_BYTES, lives::nextLong);
  }

  private VoteLog.Opened open() {
    return SegmentedVoteLog.open(disk, SEGMENT_BYTES, lives::nextLong).orElseThrow();
  }

  private static Bytes record(long number) {
    return Bytes.ofU64(number);
  }

  /// One vote per turn, for views `1..count` of epoch 0.
  private static void vote(VoteLog log, int count) {
    for (int view = 1; view <= count; view++) {
      log.append(new Place(0, view), record(view));
      log.sync();
    }
  }

  private static List<LogEntry> votes(int count) {
    List<LogEntry> votes = new ArrayList<>();
    for (int view = 1; view <= count; view++) {
      votes.add(new LogEntry.Vote(new Place(0, view), record(view)));
    }
    return votes;
  }

  @Test
  void aMissingLogIsReported() {
    assertEquals(Optional.empty(), SegmentedVoteLog.open(disk, SEGMENT_BYTES, lives::nextLong));
  }

  @Test
  void anExistingLogIsNotOverwritten() {
    create();
    assertThrows(StorageFailure.class, this::create);
  }

  @Test
  void v1VotesAndBodiesComeBackInOrder() {
    VoteLog log = create();
    Hash hash = new Hash(Bytes.concat(Hash.ZERO.bytes().slice(1, 32), Bytes.utf8("x")));
    log.append(new Place(0, 2), record(2));
    log.appendBody(new Place(0, 2), hash, Bytes.utf8("body"));
    log.append(new Place(0, 1), record(1));
    log.sync();
    List<LogEntry> expected =
        List.of(
            new LogEntry.Vote(new Place(0, 2), record(2)),
            new LogEntry.Body(new Place(0, 2), hash, Bytes.utf8("body")),
            new LogEntry.Vote(new Place(0, 1), record(1)));
    assertEquals(expected, open().entries());
  }

  @Test
  void v1SegmentsFollowOneAnother() {
    vote(create(), 100);
    assertTrue(disk.names().size() > 5);
    VoteLog.Opened again = open();
    assertEquals(votes(100), again.entries());
    again.log().append(new Place(0, 101), record(101));
    again.log().sync();
    assertEquals(votes(101), open().entries());
  }

  @Test
  void v4SegmentsAreRecycledAndOldFramesAreNotTakenForNew() {
    VoteLog log = create();
    for (int view = 1; view <= 500; view++) {
      log.append(new Place(0, view), record(view));
      log.raise(new Place(0, view - 1));
      log.sync();
      assertTrue(disk.names().size() <= 5, () -> disk.names().toString());
    }
    assertEquals(votes(500).subList(498, 500), open().entries());
    assertEquals(new Place(0, 499), open().log().floor());
  }

  @Test
  void v5TheFloorOnlyRises() {
    VoteLog log = create();
    log.raise(new Place(1, 5));
    log.raise(new Place(1, 3));
    log.raise(new Place(0, 9));
    log.sync();
    assertEquals(new Place(1, 5), log.floor());
    assertThrows(BrokenInvariant.class, () -> log.append(new Place(1, 4), record(1)));
    log.appendBody(new Place(0, 77), Hash.ZERO, Bytes.utf8("late"));
    log.append(new Place(1, 5), record(5));
    log.sync();
    VoteLog.Opened again = open();
    assertEquals(new Place(1, 5), again.log().floor());
    assertEquals(List.of(new LogEntry.Vote(new Place(1, 5), record(5))), again.entries());
  }

  @Test
  void v5ANewEpochStartsANewSegmentAndForgetsTheOld() {
    VoteLog log = create();
    vote(log, 3);
    log.raise(new Place(1, 0));
    assertTrue(disk.names().contains(Segment.name(2)));
    assertFalse(disk.names().contains(Segment.name(1)));
    assertEquals(List.of(), open().entries());
  }

  @Test
  void v3ATornTailIsCutAtEveryOffset() {
    vote(create(), 12);
    String newest = disk.names().getLast();
    Bytes file = disk.read(newest);
    int before = Segment.read(newest, file).entries().size();
    for (int cut = 0; cut < file.size(); cut++) {
      for (Bytes torn : List.of(truncated(file, cut), zeroed(file, cut), scrambled(file, cut))) {
        assertPrefixOrStop(12, before, with(newest, torn));
      }
    }
  }

  private static Bytes truncated(Bytes file, int cut) {
    return file.slice(0, cut);
  }

  private static Bytes zeroed(Bytes file, int cut) {
    return Bytes.concat(file.slice(0, cut), Bytes.wrap(new byte[file.size() - cut]));
  }

  private static Bytes scrambled(Bytes file, int cut) {
    byte[] tail = new byte[file.size() - cut];
    new SplittableRandom(cut).nextBytes(tail);
    return Bytes.concat(file.slice(0, cut), Bytes.wrap(tail));
  }

  /// A copy of the disk in which one file reads differently.
  private MemorySegmentDirectory with(String name, Bytes contents) {
    MemorySegmentDirectory copy = new MemorySegmentDirectory();
    for (String each : disk.names()) {
      Bytes file = each.equals(name) ? contents : disk.read(each);
      copy.create(each, file.size());
      if (!file.isEmpty()) {
        copy.write(each, 0, file);
        copy.sync(each);
      }
    }
    copy.syncNames();
    return copy;
  }

  private void assertPrefixOrStop(int all, int losable, MemorySegmentDirectory torn) {
    VoteLog.Opened opened;
    try {
      opened = SegmentedVoteLog.open(torn, SEGMENT_BYTES, lives::nextLong).orElseThrow();
    } catch (StorageFailure stop) {
      assertTrue(String.valueOf(stop.getMessage()).contains(disk.names().getLast()));
      return;
    }
    int kept = opened.entries().size();
    assertTrue(kept >= all - losable && kept <= all);
    assertEquals(votes(kept), opened.entries());
    opened.log().append(new Place(0, kept + 1), record(kept + 1));
    opened.log().sync();
    assertEquals(
        votes(kept + 1),
        SegmentedVoteLog.open(torn, SEGMENT_BYTES, lives::nextLong).orElseThrow().entries());
  }

  @Test
  void v3AHoleInTheMiddleStopsWithTheOffset() {
    vote(create(), 30);
    int frames = 0;
    for (String name : disk.names()) {
      Bytes file = disk.read(name);
      Segment segment = Segment.read(name, file);
      boolean newest = name.equals(disk.names().getLast());
      int frameBytes = (segment.end() - SegmentHeader.BYTES) / segment.entries().size();
      int lastFrame = segment.end() - frameBytes;
      for (int at = SegmentHeader.BYTES; at < segment.end(); at++) {
        byte[] flipped = file.toArray();
        flipped[at] ^= 0x10;
        MemorySegmentDirectory damaged = with(name, Bytes.wrap(flipped));
        if (newest && at >= lastFrame) {
          continue;
        }
        frames++;
        int hole = at - (at - SegmentHeader.BYTES) % frameBytes;
        StorageFailure stop =
            assertThrows(
                StorageFailure.class,
                () -> SegmentedVoteLog.open(damaged, SEGMENT_BYTES, lives::nextLong));
        assertTrue(
            String.valueOf(stop.getMessage())
                .contains("%s has a hole at offset %d".formatted(name, hole)),
            stop::getMessage);
      }
    }
    assertTrue(frames > 100);
  }

  @Test
  void v3AMissingSegmentStops() {
    vote(create(), 60);
    disk.delete(Segment.name(2));
    StorageFailure stop = assertThrows(StorageFailure.class, this::open);
    assertTrue(String.valueOf(stop.getMessage()).contains("missing"));
  }

  @Test
  void v3ABodyThatLooksLikeAFrameIsNoRecord() {
    VoteLog log = create();
    vote(log, 1);
    Bytes inner = Frame.encode(0, 100, Bytes.utf8("x"));
    log.appendBody(new Place(0, 2), Hash.ZERO, inner);
    log.sync();
    String name = Segment.name(1);
    Segment whole = Segment.read(name, disk.read(name));
    Bytes torn = truncated(disk.read(name), whole.end() - 1);
    assertEquals(votes(1), Segment.read(name, torn).entries());
  }

  @Test
  void aFailedLogStaysFailed() {
    VoteLog log = create();
    disk.cutPowerAfter(2);
    log.append(new Place(0, 1), record(1));
    assertThrows(StorageFailure.class, log::sync);
    disk.crash(new SplittableRandom(1));
    assertThrows(StorageFailure.class, log::sync);
  }

  /// Random turns, power cuts at any file operation, restarts: what was synced is there, and what
  /// is there is a prefix of what was appended.
  @Test
  void v1v2PowerCutsAnywhere() {
    Seeds.forEach(400, random -> new LogWorld(random).run());
  }
}
