package nimble.storage.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.DatabaseContract;
import nimble.storage.Family;
import nimble.storage.StorageFailure;
import org.junit.jupiter.api.Test;

final class MemoryDatabaseTest {
  private static final Bytes HEIGHT = Bytes.utf8("height");

  private static Batch block(long height) {
    return new Batch()
        .put(Family.META, HEIGHT, Bytes.ofU64(height))
        .put(Family.HEADERS, Bytes.ofU64(height), Bytes.EMPTY);
  }

  @Test
  void keepsTheContract() {
    Seeds.forEach(50, random -> DatabaseContract.check(new MemoryDatabase(), random));
  }

  @Test
  void d5ViewsStayAsTheyWere() {
    Seeds.forEach(20, random -> DatabaseContract.checkViews(new MemoryDatabase(), random));
  }

  @Test
  void d2CommittedBatchesSurviveAndD1OthersGoWhole() {
    Seeds.forEach(
        200,
        random -> {
          MemoryDatabase database = new MemoryDatabase();
          int committed = random.nextInt(5);
          int written = committed + random.nextInt(5);
          for (int height = 1; height <= written; height++) {
            if (height <= committed) {
              database.commit(block(height));
            } else {
              database.write(block(height));
            }
          }
          database.crash(random);
          long stands = heightOf(database);
          assertTrue(stands >= committed && stands <= written, "stands at " + stands);
          for (long height = 1; height <= written; height++) {
            boolean present = database.get(Family.HEADERS, Bytes.ofU64(height)).isPresent();
            assertEquals(height <= stands, present);
          }
        });
  }

  @Test
  void d4NothingWorksWithoutPower() {
    MemoryDatabase database = new MemoryDatabase();
    database.cutPowerAfter(2);
    database.commit(block(1));
    assertThrows(StorageFailure.class, () -> database.commit(block(2)));
    assertThrows(StorageFailure.class, () -> database.get(Family.META, HEIGHT));
  }

  private static long heightOf(Database database) {
    Optional<Bytes> height = database.get(Family.META, HEIGHT);
    return height.map(bytes -> bytes.u64At(0)).orElse(0L);
  }
}
