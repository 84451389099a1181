package nimble.node.sync;

import java.util.List;
import java.util.Optional;
import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.light.Checkpoint;
import nimble.light.EpochStep;
import nimble.light.Verifier;
import nimble.node.chain.ChainStore;
import nimble.node.chain.EpochStart;
import nimble.node.chain.FinalizedChain;
import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.Family;
import nimble.storage.StorageFailure;

/// The way, kept in the database of the chain that it leads to: an interrupted sync goes on where
/// it was (S4). One owner.
public final class WayStore {
  static final Bytes EPOCH = Bytes.utf8("sync/epoch");
  static final Bytes GENESIS = Bytes.ofU64(0);

  private final Database database;
  private final FinalizedChain chain;
  private final SnapshotTrust trust;
  private Way way;

  private WayStore(Database database, SnapshotTrust trust) {
    this.database = database;
    this.chain = new FinalizedChain(database);
    this.trust = trust;
    this.way = at(0);
  }

  /// @param database without a chain
  public static WayStore open(Database database, SnapshotTrust trust) {
    WayStore store = new WayStore(database, trust);
    store.way = store.at(database.get(Family.META, EPOCH).map(it -> it.u64At(0)).orElse(0L));
    return store;
  }

  Way way() {
    return way;
  }

  /// Of an epoch that it knows.
  private Way at(long epoch) {
    try {
      if (epoch == 0) {
        return Way.begin(trust);
      }
      EpochStart start =
          chain.epoch(epoch).orElseThrow(() -> new StorageFailure("no start of epoch " + epoch));
      Header last = start.last();
      Optional<Header> trusted =
          trust.checkpoint().flatMap(it -> chain.header(it.height().value()).filter(it::names));
      return new Way(trust, Verifier.after(Checkpoint.of(last), last, start.set()), trusted);
    } catch (Malformed e) {
      throw new StorageFailure(
          "the start of epoch %d is damaged: %s".formatted(epoch, e.reason()), e);
    }
  }

  /// Goes on by what is sound of `steps`; Malformed says what is not.
  public void follow(List<EpochStep> steps) throws Malformed {
    Batch batch = new Batch();
    Way next = way;
    try {
      for (EpochStep step : steps) {
        next = next.follow(step);
        ChainStore.putStep(batch, step);
      }
    } finally {
      batch.put(Family.META, EPOCH, Bytes.ofU64(next.epoch()));
      database.commit(batch);
      way = next;
    }
  }

  /// The import that was cut off in this database, if the way still proves it. A way that nothing
  /// makes sure begins anew, and one that was cut off while it did so.
  Optional<SnapshotImport> resume(long nowMillis) throws Malformed {
    Optional<SnapshotImport> proven = Optional.empty();
    try {
      Optional<SnapshotImport> begun =
          SnapshotImport.resume(database)
              .filter(it -> it.snapshot().header().epoch() <= way.epoch())
              .filter(it -> !way.isTooOld(it.snapshot()));
      if (begun.isPresent()) {
        prove(begun.get().snapshot(), nowMillis);
      }
      proven = begun;
    } finally {
      if (proven.isEmpty() && (!way.isSure() || way.epoch() == 0)) {
        restart();
      }
    }
    return proven;
  }

  /// Back to genesis; what else a sync has left in the database is dropped too, last what says that
  /// it is no empty one.
  public void restart() {
    SnapshotImport.forget(database, GENESIS);
    for (Family family : Family.values()) {
      database.clear(family, Bytes.EMPTY);
    }
    way = at(0);
  }

  /// Back to the beginning of an epoch.
  private void goBack(long epoch) {
    Batch batch = new Batch().put(Family.META, EPOCH, Bytes.ofU64(epoch));
    ChainStore.dropSteps(database, batch, epoch);
    database.commit(batch);
    way = at(epoch);
  }

  /// Malformed says why a snapshot of an epoch that is known proves nothing. A way that is not sure
  /// ends at the snapshot's epoch: what it showed behind it is not what the snapshot makes sure.
  public void prove(Snapshot snapshot, long nowMillis) throws Malformed {
    long epoch = snapshot.header().epoch();
    if (epoch > way.epoch()) {
      throw new Malformed("nothing shows how epoch %d ended".formatted(way.epoch()));
    }
    if (epoch < way.epoch() && !way.isSure()) {
      goBack(epoch);
    }
    if (epoch == way.epoch()) {
      way = way.prove(snapshot, nowMillis);
    } else {
      new Way(trust, at(epoch).verifier(), way.trusted()).prove(snapshot, nowMillis);
    }
  }
}
