package nimble.node.sync;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.genesis.Genesis;
import nimble.node.chain.ChainStore;
import nimble.storage.Batch;
import nimble.storage.Change;
import nimble.storage.Database;
import nimble.storage.Entry;
import nimble.storage.Family;
import nimble.storage.Range;
import nimble.storage.StateCut;
import nimble.storage.StatePart;
import nimble.storage.TreeStore;
import nimble.types.Hash;

/// Builds a chain's first block in an empty database from the parts of a snapshot (S4, S5). One
/// owner.
public final class SnapshotImport {
  private static final Bytes MANIFEST = Bytes.utf8("sync/manifest");

  /// What a loss of power costs, in bytes of parts.
  private static final long UNSYNCED_MAX = 1 << 20;

  private static final Bytes MARK = Bytes.utf8("sync/part/");
  private static final int MARKS_MAX = StateCut.parts(StateCut.DEPTH_MAX);

  private final Database database;
  private final Snapshot snapshot;
  private final TreeStore tree;
  private final Map<Hash, Boolean> missing = new LinkedHashMap<>();
  private final int parts;
  private long unsynced;
  private Optional<Grown> newest = Optional.empty();

  private record Grown(StatePart part, StatePart.Grown subtree, Bytes encoded) {}

  private SnapshotImport(Database database, Snapshot snapshot) {
    this.database = database;
    this.snapshot = snapshot;
    this.tree = new TreeStore(database);
    for (Optional<StateCut.Part> part : snapshot.cut().parts()) {
      part.filter(it -> database.get(Family.META, mark(it.hash())).isEmpty())
          .ifPresent(it -> missing.put(it.hash(), true));
    }
    this.parts = (int) snapshot.cut().parts().stream().filter(Optional::isPresent).count();
  }

  /// The import that was cut off in this database, to go on with.
  public static Optional<SnapshotImport> resume(Database database) throws Malformed {
    Optional<Bytes> manifest = database.get(Family.META, MANIFEST);
    return manifest.isEmpty()
        ? Optional.empty()
        : Optional.of(new SnapshotImport(database, Snapshot.decode(manifest.get())));
  }

  /// Begins with nothing but the way to the snapshot's epoch; what another import left is dropped.
  ///
  /// @param snapshot that the way has proven
  public static SnapshotImport begin(Database database, Snapshot snapshot) {
    forget(database, database.get(Family.META, WayStore.EPOCH).orElse(WayStore.GENESIS));
    for (Family family : List.of(Family.STATE, Family.NODES, Family.VERSIONS)) {
      database.clear(family, Bytes.EMPTY);
    }
    database.commit(new Batch().put(Family.META, MANIFEST, snapshot.encode()));
    return new SnapshotImport(database, snapshot);
  }

  /// From now on no import is begun here, and no chain: its parts may go one by one.
  ///
  /// @param epoch that the way has led to
  static void forget(Database database, Bytes epoch) {
    List<Entry> marks = database.scan(Family.META, Range.prefix(MARK, MARKS_MAX));
    Batch batch = new Batch().delete(Family.META, MANIFEST).put(Family.META, WayStore.EPOCH, epoch);
    marks.forEach(mark -> batch.delete(Family.META, mark.key()));
    database.commit(batch);
  }

  private static Bytes mark(Hash part) {
    return Bytes.concat(MARK, part.bytes());
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  /// Parts that have not come, in their order.
  public List<Hash> missing() {
    return List.copyOf(missing.keySet());
  }

  public int parts() {
    return parts;
  }

  public boolean isWhole() {
    return missing.isEmpty();
  }

  /// The hash of what `encoded` is as a part of this cut; empty when it is none.
  public Optional<Hash> identify(Bytes encoded) {
    try {
      StatePart part = StatePart.decode(encoded);
      StatePart.Grown grown = part.grow(snapshot.cut().depth(), snapshot.height());
      newest = Optional.of(new Grown(part, grown, encoded));
      return Optional.of(grown.part().hash());
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  /// Writes a part; Malformed when it is none of the missing ones.
  public void add(Bytes encoded) throws Malformed {
    if (newest.filter(it -> it.encoded().equals(encoded)).isEmpty()) {
      identify(encoded);
    }
    Grown grown = newest.orElseThrow(() -> new Malformed("no part of a state"));
    Hash hash = grown.subtree().part().hash();
    if (!grown.encoded().equals(encoded) || !missing.containsKey(hash)) {
      throw new Malformed("not a part of this state, or here already");
    }
    Batch batch = new Batch();
    for (Entry entry : grown.part().entries()) {
      batch.put(Family.STATE, entry.key(), entry.value());
    }
    tree.putNodes(batch, grown.subtree().change());
    batch.put(Family.META, mark(hash), Bytes.EMPTY);
    unsynced += encoded.size();
    if (unsynced >= UNSYNCED_MAX) {
      unsynced = 0;
      database.commit(batch);
    } else {
      database.write(batch);
    }
    missing.remove(hash);
    newest = Optional.empty();
  }

  /// All parts are there: from now on the database holds a chain.
  public void finish(Genesis genesis) {
    Invariant.check(isWhole(), "%d parts are missing", missing.size());
    Change crown = snapshot.cut().crown(tree, snapshot.height());
    Invariant.check(
        crown.root().hash().equals(snapshot.header().stateRoot()), "another state than checked");
    Batch batch = new Batch();
    List<Bytes> marks = new ArrayList<>(List.of(MANIFEST, WayStore.EPOCH));
    snapshot.cut().parts().forEach(part -> part.ifPresent(it -> marks.add(mark(it.hash()))));
    marks.forEach(key -> batch.delete(Family.META, key));
    Optional<Bytes> certificate =
        snapshot.finality().headers().size() == 1
            ? Optional.of(Writer.encode(snapshot.finality().certificate()::write))
            : Optional.empty();
    ChainStore.adopt(database, genesis, batch, snapshot.header(), certificate, crown);
  }
}
