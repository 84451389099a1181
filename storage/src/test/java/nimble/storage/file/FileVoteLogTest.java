package nimble.storage.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.storage.LogEntry;
import nimble.storage.Place;
import nimble.storage.StorageFailure;
import nimble.storage.VoteLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileVoteLogTest {
  private static final int SEGMENT_BYTES = 4 << 10;

  @TempDir Path home;

  private static void vote(VoteLog log, int from, int to) {
    for (int view = from; view <= to; view++) {
      log.append(new Place(0, view), Bytes.ofU64(view));
      log.sync();
    }
  }

  private static void assertVotes(int count, VoteLog.Opened opened) {
    assertEquals(count, opened.entries().size());
    for (int view = 1; view <= count; view++) {
      assertEquals(
          new LogEntry.Vote(new Place(0, view), Bytes.ofU64(view)), opened.entries().get(view - 1));
    }
  }

  @Test
  void aMissingLogIsReported() {
    assertEquals(Optional.empty(), FileVoteLog.open(home.resolve("votes")));
  }

  @Test
  void v1RealFilesSurviveReopening() throws IOException {
    Path votes = home.resolve("votes");
    try (VoteLog log = FileVoteLog.create(votes, SEGMENT_BYTES)) {
      vote(log, 1, 200);
    }
    try (var files = Files.list(votes)) {
      assertTrue(files.count() > 2);
    }
    VoteLog.Opened opened = FileVoteLog.open(votes, SEGMENT_BYTES).orElseThrow();
    try (VoteLog log = opened.log()) {
      assertVotes(200, opened);
      vote(log, 201, 210);
    }
    VoteLog.Opened again = FileVoteLog.open(votes, SEGMENT_BYTES).orElseThrow();
    again.log().close();
    assertVotes(210, again);
  }

  @Test
  void segmentsArePreallocated() throws IOException {
    Path votes = home.resolve("votes");
    FileVoteLog.create(votes).close();
    assertEquals(16 << 20, Files.size(votes.resolve("0000000000000001.log")));
  }

  @Test
  void v4FilesAreRecycled() throws IOException {
    Path votes = home.resolve("votes");
    try (VoteLog log = FileVoteLog.create(votes, SEGMENT_BYTES)) {
      for (int view = 1; view <= 600; view++) {
        vote(log, view, view);
        log.raise(new Place(0, view));
      }
    }
    try (var files = Files.list(votes)) {
      assertTrue(files.count() <= 5);
    }
    VoteLog.Opened opened = FileVoteLog.open(votes, SEGMENT_BYTES).orElseThrow();
    opened.log().close();
    assertEquals(new Place(0, 599), opened.log().floor());
    assertEquals(2, opened.entries().size());
  }

  @Test
  void v3ADamagedFileIsNamed() throws IOException {
    Path votes = home.resolve("votes");
    try (VoteLog log = FileVoteLog.create(votes, SEGMENT_BYTES)) {
      vote(log, 1, 3);
    }
    Path segment = votes.resolve("0000000000000001.log");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[60] ^= 1;
    Files.write(segment, bytes);
    StorageFailure stop =
        assertThrows(StorageFailure.class, () -> FileVoteLog.open(votes, SEGMENT_BYTES));
    assertTrue(
        String.valueOf(stop.getMessage()).contains("0000000000000001.log has a hole at offset 45"));
  }
}
