package nimble.node.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.light.Checkpoint;
import nimble.node.Forged;
import nimble.node.chain.ChainStore;
import nimble.node.chain.FinalizedChain;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.Entry;
import nimble.storage.Family;
import nimble.storage.Range;
import nimble.storage.Retention;
import nimble.storage.StateCut;
import nimble.storage.StorageFailure;
import nimble.storage.mem.MemoryDatabase;
import nimble.types.Hash;
import nimble.types.Height;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotTest {
  private static void prove(Snapshot snapshot, Optional<Checkpoint> trusted) throws Malformed {
    WayStore.open(new MemoryDatabase(), new SnapshotTrust(Source.genesis(), trusted))
        .prove(snapshot, Source.NOW);
  }

  @TempDir Path directory;

  private static List<Entry> all(Database database, Family family) {
    return database.scan(family, Range.prefix(Bytes.EMPTY, Range.LIMIT_MAX));
  }

  private static void addAll(SnapshotImport into, SnapshotExport.Written from) throws Malformed {
    for (Hash part : into.missing()) {
      into.add(from.files().part(part).orElseThrow());
    }
  }

  @Test
  void s1ASnapshotGivesTheChainBack() throws Malformed {
    for (int entries : List.of(1, 20, 1_500)) {
      Database source = Source.chain(entries);
      SnapshotExport.Written written = Source.export(source, directory.resolve("made" + entries));
      Snapshot snapshot = Snapshot.decode(written.files().manifest());
      assertEquals(written.snapshot(), snapshot);
      assertEquals(entries, snapshot.entries());
      assertEquals(entries > 1_000, snapshot.cut().depth() > 0);
      prove(snapshot, Optional.empty());

      MemoryDatabase target = new MemoryDatabase();
      SnapshotImport into = SnapshotImport.begin(target, snapshot);
      addAll(into, written);
      into.finish(Source.genesis());
      for (Family family : Family.values()) {
        assertEquals(all(source, family), all(target, family), family.label());
      }
      ChainStore store = ChainStore.open(target, Source.genesis(), new Retention.Archive());
      assertEquals(Source.HEIGHT, store.chain().height());
      assertEquals(Optional.empty(), store.chain().prove(Bytes.utf8("nothing")).value());
    }
  }

  @Test
  void s1AManifestOfAnotherStateIsRefused() {
    Snapshot true_ = Source.export(Source.chain(20), directory.resolve("a")).snapshot();
    Snapshot other = Source.export(Source.chain(21), directory.resolve("b")).snapshot();
    refuse(with(true_, other.cut()), "are not the state");
  }

  private static Snapshot with(Snapshot snapshot, StateCut cut) {
    return new Snapshot(snapshot.finality(), snapshot.entries(), snapshot.bytes(), cut);
  }

  @Test
  void s2WithoutAQuorumNothingIsProven() {
    Snapshot two =
        Source.export(Source.chain(5, List.of(0, 1)), directory.resolve("two")).snapshot();
    refuse(two, "no quorum");
  }

  @Test
  void s2ATrustedBlockMustBeOnTheWay() throws Malformed {
    Snapshot snapshot = Source.export(Source.chain(5), directory.resolve("made")).snapshot();
    Checkpoint right = Checkpoint.of(snapshot.header());
    prove(snapshot, Optional.of(right));
    Checkpoint wrong = new Checkpoint(right.height(), Hash.ZERO);
    assertThrows(Malformed.class, () -> prove(snapshot, Optional.of(wrong)));
  }

  private static void refuse(Snapshot snapshot, String reason) {
    String said = assertThrows(Malformed.class, () -> prove(snapshot, Optional.empty())).reason();
    assertTrue(said.contains(reason), said);
  }

  @Test
  void s4AnImportThatWasCutOffGoesOn() throws Malformed {
    SnapshotExport.Written written = Source.export(Source.chain(1_500), directory.resolve("made"));
    SplittableRandom random = new SplittableRandom(3);
    MemoryDatabase target = new MemoryDatabase();
    SnapshotImport into = SnapshotImport.begin(target, written.snapshot());
    int parts = into.parts();
    int crashes = 0;
    while (!into.isWhole()) {
      into.add(written.files().part(into.missing().getFirst()).orElseThrow());
      if (random.nextInt(3) == 0 && !into.isWhole()) {
        target.crash(random);
        assertThrows(
            StorageFailure.class,
            () -> ChainStore.open(target, Source.genesis(), new Retention.Archive()),
            "parts are no chain");
        into = SnapshotImport.resume(target).orElseThrow();
        crashes++;
        target.commit(new Batch());
      }
    }
    into.finish(Source.genesis());
    assertTrue(crashes > 0 && parts > 4);
    assertEquals(Source.HEIGHT, new FinalizedChain(target).height());
    assertEquals(Optional.empty(), SnapshotImport.resume(target));
  }

  @Test
  void s1APartThatIsNotMissingIsRefused() throws Malformed {
    SnapshotExport.Written written = Source.export(Source.chain(1_500), directory.resolve("made"));
    SnapshotExport.Written other = Source.export(Source.chain(30), directory.resolve("other"));
    SnapshotImport into = SnapshotImport.begin(new MemoryDatabase(), written.snapshot());
    Hash first = into.missing().getFirst();
    Bytes part = written.files().part(first).orElseThrow();
    byte[] spoiled = part.toArray();
    spoiled[spoiled.length - 1] ^= 1;
    assertThrows(Malformed.class, () -> into.add(Bytes.wrap(spoiled)));
    Hash foreign = other.snapshot().cut().parts().getFirst().orElseThrow().hash();
    assertThrows(Malformed.class, () -> into.add(other.files().part(foreign).orElseThrow()));
    into.add(part);
    assertThrows(Malformed.class, () -> into.add(part));
  }

  @Test
  void aDamagedStateIsNotExported() {
    Database source = Source.chain(30);
    Entry victim = all(source, Family.STATE).get(7);
    source.commit(new Batch().put(Family.STATE, victim.key(), Bytes.utf8("flipped")));
    assertThrows(StorageFailure.class, () -> Source.export(source, directory.resolve("made")));
    assertTrue(Files.notExists(directory.resolve("made")));
    assertTrue(Files.notExists(directory.resolve("made.new")));
  }

  @Test
  void s3TheNewestAreKept() {
    Snapshots snapshots = Snapshots.open(directory);
    assertEquals(List.of(), snapshots.manifests());
    SnapshotExport.Written written = Source.export(Source.chain(5), snapshots.place(Source.HEIGHT));
    snapshots.add(written);
    Snapshots again = Snapshots.open(directory);
    assertTrue(again.has(Source.HEIGHT));
    assertEquals(List.of(written.files().manifest()), again.manifests());
  }

  /// While a node catches up, blocks are told of when later ones are durable too.
  @Test
  void s3ABlockThatOthersHaveFollowedIsNotKept() {
    Database database = Source.chain(5);
    Header newest = new FinalizedChain(database).tip();
    assertEquals(0, offered(database, Forged.with(newest, "height", new Height(40))));
    assertEquals(1, offered(database, newest));
  }

  private static int offered(Database database, Header newest) {
    List<SnapshotKeeper.Input> offered = new ArrayList<>();
    SnapshotKeeper.offer(
        new Inbox<>() {
          @Override
          public boolean offer(SnapshotKeeper.Input input, long bytes) {
            return offered.add(input);
          }

          @Override
          public void must(SnapshotKeeper.Input input) {
            throw new AssertionError("it may be left out");
          }

          @Override
          public void start(Owner<SnapshotKeeper.Input> owner) {}

          @Override
          public void stop() {}
        },
        database,
        newest,
        10);
    offered.forEach(it -> it.state().close());
    return offered.size();
  }
}
