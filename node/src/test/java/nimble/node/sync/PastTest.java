package nimble.node.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.node.Upkeep;
import nimble.node.bench.LongChain;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Past;
import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.Entry;
import nimble.storage.Family;
import nimble.storage.ForwardingDatabase;
import nimble.storage.Range;
import nimble.storage.Retention;
import nimble.storage.mem.MemoryDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A chain of real blocks, and what an operator does to its past.
final class PastTest {
  private static final long BLOCKS = 14;
  private static final long BLOCKS_OF_TWO_EPOCHS = 75;
  private static final long BLOCKS_OF_THREE_EPOCHS = 150;
  private static final long ACCOUNTS = 90;

  @TempDir Path directory;

  private static MemoryDatabase chain(long blocks, Upkeep upkeep) throws IOException {
    MemoryDatabase database = new MemoryDatabase();
    new LongChain(ACCOUNTS).grow(database, blocks, upkeep);
    return database;
  }

  private static List<Entry> all(Database database, Family family) {
    return database.scan(family, Range.prefix(Bytes.EMPTY, Range.LIMIT_MAX));
  }

  private static MemoryDatabase copy(Database from) {
    Batch batch = new Batch();
    for (Family family : Family.values()) {
      all(from, family).forEach(entry -> batch.put(family, entry.key(), entry.value()));
    }
    MemoryDatabase to = new MemoryDatabase();
    to.commit(batch);
    return to;
  }

  /// Of the tree the newest node, which is a part of the newest version.
  private static Entry victim(Family family, List<Entry> entries) {
    return family == Family.NODES ? entries.getLast() : entries.get(1);
  }

  private DatabaseCheck.Report check(Database database) {
    return DatabaseCheck.run(database, directory.resolve("check"), _ -> {});
  }

  @Test
  void stepsBackLeadToTheChainAsItWas() throws IOException {
    MemoryDatabase database = chain(BLOCKS, Upkeep.FULL);
    assertEquals(List.of(), check(database).problems());
    Past past = new Past(database);
    assertEquals(0, past.oldest());
    FinalizedChain chain = new FinalizedChain(database);
    while (chain.height() > 3) {
      past.stepBack();
      assertEquals(List.of(), check(database).problems());
    }
    MemoryDatabase young = chain(3, Upkeep.FULL);
    for (Family family : Family.values()) {
      assertEquals(all(young, family), all(database, family), family.label());
    }
  }

  @Test
  void stepsBackLeadAsFarAsTheySayWhenPruningWasCutShort() throws IOException {
    Retention newest = new Retention.Pruned(16);
    MemoryDatabase database = chain(BLOCKS_OF_THREE_EPOCHS, Upkeep.FULL);
    assertThrows(Stopped.class, () -> new Past(new OneCommit(database)).prune(newest, newest));
    Past past = new Past(database);
    long oldest = past.oldest();
    FinalizedChain chain = new FinalizedChain(database);
    assertTrue(oldest > 0 && oldest < chain.height() - 16, "from block " + oldest);
    while (chain.height() > oldest) {
      past.stepBack();
    }
    assertEquals(List.of(), check(database).problems());
  }

  private static final class Stopped extends RuntimeException {}

  /// A process that ends after its first commit.
  private static final class OneCommit extends ForwardingDatabase {
    private boolean committed;

    OneCommit(Database database) {
      super(database);
    }

    @Override
    public void commit(Batch batch) {
      if (committed) {
        throw new Stopped();
      }
      committed = true;
      super.commit(batch);
    }
  }

  @Test
  void whatIsNotKeptGoesAtOnceOrBlockByBlock() throws IOException {
    Retention newest = new Retention.Pruned(5);
    MemoryDatabase later = chain(BLOCKS, Upkeep.FULL);
    new Past(later).prune(newest, newest);
    MemoryDatabase always = chain(BLOCKS, new Upkeep(newest, newest, 0));
    for (Family family : Family.values()) {
      assertEquals(all(always, family), all(later, family), family.label());
    }
    assertEquals(List.of(), check(later).problems());
    long height = new FinalizedChain(later).height();
    assertEquals(height - 4, new Past(later).oldest());
    assertTrue(new FinalizedChain(later).block(height - 5).isEmpty());
    assertTrue(new FinalizedChain(later).header(height - 5).isPresent());
    assertEquals(5, all(later, Family.RECEIPTS).size());
  }

  @Test
  void everyKindOfDamageIsSeen() throws IOException {
    MemoryDatabase sound = chain(8, Upkeep.FULL);
    FinalizedChain chain = new FinalizedChain(sound);
    List<String> found = new ArrayList<>();
    Block full = chain.block(1).orElseThrow();
    Transaction transaction = full.body().transactions().getFirst();
    for (Family family :
        List.of(Family.HEADERS, Family.BODIES, Family.RECEIPTS, Family.STATE, Family.NODES)) {
      MemoryDatabase damaged = copy(sound);
      Entry victim = victim(family, all(damaged, family));
      byte[] value = victim.value().toArray();
      value[value.length / 2] ^= 1;
      damaged.commit(new Batch().put(family, victim.key(), Bytes.wrap(value)));
      found.add("%s: %s".formatted(family.label(), check(damaged).problems()));
    }
    assertTrue(found.stream().noneMatch(it -> it.endsWith("[]")), found.toString());
    assertTrue(chain.transaction(transaction.id()).isPresent());
    MemoryDatabase lost = copy(sound);
    lost.clear(Family.INDEX, Bytes.EMPTY);
    assertTrue(check(lost).problems().getFirst().contains("index"));
  }

  @Test
  void aRestoredChainIsSound() throws Exception {
    MemoryDatabase source = chain(BLOCKS_OF_TWO_EPOCHS, Upkeep.FULL);
    LongChain made = new LongChain(ACCOUNTS);
    SnapshotExport.Written written = Source.export(source, directory.resolve("made"));
    MemoryDatabase target = new MemoryDatabase();
    WayStore way = WayStore.open(target, new SnapshotTrust(made.genesis(), Optional.empty()));
    EpochFiles.read(written.files(), written.snapshot().header().epoch(), way::follow);
    assertEquals(1, way.way().epoch());
    way.prove(written.snapshot(), System.currentTimeMillis());
    SnapshotImport into = SnapshotImport.begin(target, written.snapshot());
    for (var hash : into.missing()) {
      into.add(written.files().part(hash).orElseThrow());
    }
    into.finish(made.genesis());
    DatabaseCheck.Report report = check(target);
    assertEquals(List.of(), report.problems());
    assertEquals(written.snapshot().entries(), report.entries());
    assertEquals(
        new FinalizedChain(source).height(), new Past(target).oldest(), "nothing to go back to");
    FinalizedChain chain = new FinalizedChain(source);
    assertEquals(chain.runningEpoch(), new FinalizedChain(target).runningEpoch());
    made.growOn(target, 3);
    assertEquals(chain.height() + 3, new FinalizedChain(target).height());
    assertEquals(List.of(), check(target).problems());
  }
}
