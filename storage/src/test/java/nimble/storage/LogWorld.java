package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.storage.mem.MemorySegmentDirectory;
import nimble.types.Hash;

/// A vote log whose power fails again and again, beside a plain list of what was appended.
final class LogWorld {
  private static final int RESTARTS = 8;
  private static final int SEGMENT_BYTES = 700;

  private final SplittableRandom random;
  private final MemorySegmentDirectory disk = new MemorySegmentDirectory();
  private List<LogEntry> appended = new ArrayList<>();
  private int synced;
  private Place syncedFloor = Place.START;
  private long view = 1;
  private long epoch;

  LogWorld(SplittableRandom random) {
    this.random = random;
  }

  void run() {
    VoteLog log = SegmentedVoteLog.create(disk, SEGMENT_BYTES, random::nextLong);
    for (int restart = 0; restart < RESTARTS; restart++) {
      Place attempted = turnsUntilCut(log);
      if (random.nextBoolean()) {
        disk.crash(random);
      } else {
        disk.restart();
      }
      VoteLog.Opened opened =
          SegmentedVoteLog.open(disk, SEGMENT_BYTES, random::nextLong).orElseThrow();
      log = opened.log();
      check(opened, attempted);
      appended = new ArrayList<>(opened.entries());
      synced = appended.size();
      syncedFloor = log.floor();
    }
  }

  /// Runs until the power goes; returns the floor that was being raised to.
  private Place turnsUntilCut(VoteLog log) {
    disk.cutPowerAfter(1 + random.nextInt(80));
    try {
      while (true) {
        turn(log);
        log.sync();
        synced = appended.size();
        syncedFloor = log.floor();
      }
    } catch (StorageFailure powerCut) {
      return log.floor();
    }
  }

  private void turn(VoteLog log) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      Place at = new Place(epoch, view);
      if (random.nextInt(4) == 0) {
        byte[] body = new byte[random.nextInt(300)];
        random.nextBytes(body);
        appended.add(new LogEntry.Body(at, Hash.ZERO, Bytes.wrap(body)));
        log.appendBody(at, Hash.ZERO, Bytes.wrap(body));
      } else {
        Bytes record = Bytes.ofU64(random.nextLong());
        appended.add(new LogEntry.Vote(at, record));
        log.append(at, record);
      }
      view += random.nextInt(2);
    }
    if (random.nextInt(20) == 0) {
      epoch++;
      view = 1;
      log.raise(new Place(epoch, 0));
    } else if (random.nextInt(3) == 0) {
      log.raise(new Place(epoch, Math.max(0, view - random.nextInt(5))));
      view = Math.max(view, log.floor().view());
    }
  }

  private void check(VoteLog.Opened opened, Place attempted) {
    Place floor = opened.log().floor();
    assertTrue(!floor.isBelow(syncedFloor), () -> "floor fell to " + floor);
    assertTrue(!attempted.isBelow(floor), () -> "floor rose by itself to " + floor);
    boolean prefix = false;
    for (int kept = synced; kept <= appended.size(); kept++) {
      List<LogEntry> expected =
          appended.subList(0, kept).stream().filter(entry -> !entry.at().isBelow(floor)).toList();
      prefix |= expected.equals(opened.entries());
    }
    assertTrue(prefix, () -> "%d entries came back".formatted(opened.entries().size()));
  }
}
