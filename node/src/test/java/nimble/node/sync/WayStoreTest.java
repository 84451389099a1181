package nimble.node.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.light.Checkpoint;
import nimble.light.EpochStep;
import nimble.node.chain.ChainStore;
import nimble.node.chain.FinalizedChain;
import nimble.storage.Database;
import nimble.storage.Family;
import nimble.storage.Range;
import nimble.storage.Retention;
import nimble.storage.StorageFailure;
import nimble.storage.mem.MemoryDatabase;
import nimble.types.Hash;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a sync that was cut off leaves in its database.
final class WayStoreTest {
  private static final int EPOCHS = 3;
  private static final SnapshotTrust GENESIS =
      new SnapshotTrust(Source.genesis(), Optional.empty());

  @TempDir Path directory;

  private Database source = new MemoryDatabase();
  private Optional<SnapshotExport.Written> written = Optional.empty();

  @BeforeEach
  void make() {
    source = Source.chain(1_500, List.of(0, 1, 2), Source.HEIGHT, EPOCHS);
    written = Optional.of(Source.export(source, directory.resolve("made")));
  }

  private Snapshot snapshot() {
    return written.orElseThrow().snapshot();
  }

  private void follow(WayStore way, long epochs) throws Malformed {
    List<EpochStep> steps = new ArrayList<>();
    for (long epoch = way.way().epoch(); epoch < epochs; epoch++) {
      steps.add(Source.step(epoch));
    }
    way.follow(steps);
  }

  private void add(SnapshotImport into, Hash part) throws Malformed {
    into.add(written.orElseThrow().files().part(part).orElseThrow());
  }

  /// Returns the parts that were asked for.
  private List<Hash> assertLeadsToTheChain(MemoryDatabase database, SnapshotTrust trust)
      throws Malformed {
    WayStore way = WayStore.open(database, trust);
    Optional<SnapshotImport> begun = way.resume(Source.NOW);
    if (begun.isEmpty()) {
      follow(way, EPOCHS);
      way.prove(snapshot(), Source.NOW);
    }
    SnapshotImport into = begun.orElseGet(() -> SnapshotImport.begin(database, snapshot()));
    List<Hash> missing = into.missing();
    for (Hash part : missing) {
      add(into, part);
    }
    into.finish(Source.genesis());
    for (Family family : Family.values()) {
      Range all = Range.prefix(Bytes.EMPTY, Range.LIMIT_MAX);
      assertTrue(source.scan(family, all).equals(database.scan(family, all)), family.label());
    }
    return missing;
  }

  /// While parts come, the way goes on to the next epochs, which say nothing of the trusted block.
  @Test
  void s9AnImportOfTheTrustedBlockGoesOnThoughTheWayWentOn() throws Malformed {
    Checkpoint own = Checkpoint.of(snapshot().header());
    SnapshotTrust trust = new SnapshotTrust(Source.genesis(), Optional.of(own));
    MemoryDatabase database = new MemoryDatabase();
    WayStore way = WayStore.open(database, trust);
    follow(way, EPOCHS);
    way.prove(snapshot(), Source.NOW);
    SnapshotImport into = SnapshotImport.begin(database, snapshot());
    add(into, into.missing().getFirst());
    follow(way, EPOCHS + 2);
    assertEquals(into.missing(), assertLeadsToTheChain(database, trust));
  }

  /// Old keys can sign epochs that end before the trusted block and lead past its own.
  @Test
  void s9AWayBesideTheTrustedBlockEndsWhereThatIsProven() throws Malformed {
    Checkpoint own = Checkpoint.of(snapshot().header());
    MemoryDatabase database = new MemoryDatabase();
    WayStore way = WayStore.open(database, new SnapshotTrust(Source.genesis(), Optional.of(own)));
    follow(way, EPOCHS + 2);
    way.prove(snapshot(), Source.NOW);
    assertTrue(way.way().isSure());
    assertEquals(EPOCHS, way.way().epoch());
    assertEquals(EPOCHS, new FinalizedChain(database).steps(0, 10).size());
  }

  private interface Dropped {
    void drop(MemoryDatabase database);
  }

  private void cutWithin(Dropped dropped) throws Malformed {
    int cuts = 0;
    boolean cut = true;
    while (cut) {
      MemoryDatabase database = new MemoryDatabase();
      WayStore way = WayStore.open(database, GENESIS);
      follow(way, EPOCHS + 2);
      SnapshotImport into = SnapshotImport.begin(database, snapshot());
      add(into, into.missing().getFirst());
      add(into, into.missing().getFirst());
      cuts++;
      database.cutPowerAfter(cuts);
      cut = isCut(dropped, database);
      database.crash(new SplittableRandom(cuts));
      if (cut && !isEmpty(database)) {
        assertThrows(
            StorageFailure.class,
            () -> ChainStore.open(database, Source.genesis(), new Retention.Archive()),
            "parts are no chain");
      }
      assertLeadsToTheChain(database, GENESIS);
    }
    assertTrue(cuts > 4, cuts + " cuts");
  }

  private static boolean isEmpty(Database database) {
    Range all = Range.prefix(Bytes.EMPTY, Range.LIMIT_MAX);
    return List.of(Family.values()).stream()
        .allMatch(family -> database.scan(family, all).isEmpty());
  }

  private static boolean isCut(Dropped dropped, MemoryDatabase database) {
    try {
      dropped.drop(database);
      return false;
    } catch (StorageFailure e) {
      return true;
    }
  }

  @Test
  void s4AKillWhileAllIsDroppedLeavesNoHalfOfIt() throws Malformed {
    cutWithin(database -> WayStore.open(database, GENESIS).restart());
  }

  @Test
  void s4AKillWhileAnotherImportBeginsLeavesNoHalfOfTheOneBefore() throws Malformed {
    cutWithin(database -> SnapshotImport.begin(database, snapshot()));
  }
}
