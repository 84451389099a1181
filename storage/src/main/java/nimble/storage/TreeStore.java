package nimble.storage;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.state.StateHash;

/// The finalized versions of the state tree in a database: nodes, roots by version, and lists of
/// stale nodes until they are pruned (T5).
public final class TreeStore implements NodeSource {
  private static final int STALE = 1;
  private static final int ROOT = 2;
  private static final int KEYS = 3;

  /// Versions that one commit forgets at most: a shorter retention is reached over several blocks.
  private static final int PRUNED_PER_COMMIT_MAX = 64;

  private static final int STALE_MAX = 1 << 24;
  private static final int KEYS_MAX = 1 << 24;
  private static final long UNKNOWN = -1;

  private final Contents database;

  /// By kind: nothing below is left to prune. A search there would pass all that was deleted.
  private final long[] prunedBelow = {UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN};

  /// What is left to delete of the oldest list of stale nodes, read one by one: all at once would
  /// hold up a block. The list goes with the last of them, so that a process after this one begins
  /// it again.
  private Reader doomed = new Reader(Bytes.EMPTY);

  public TreeStore(Contents database) {
    this.database = database;
  }

  @Override
  public Optional<TreeNode> node(NodeKey key) {
    return read(Family.NODES, nodeKey(key), TreeNode::read);
  }

  /// The root after block `version`; empty when unknown or pruned.
  public Optional<TreeRoot> root(long version) {
    return read(Family.VERSIONS, versionKey(ROOT, version), TreeRoot::read);
  }

  /// Adds one finalized version to the batch of its block.
  ///
  /// @param keys of the state that it wrote (T7)
  public void put(Batch batch, long version, Change change, Collection<Bytes> keys) {
    put(batch, version, change);
    Bytes list =
        Writer.encode(
            writer -> writer.list(keys, KEYS_MAX, (key, to) -> to.bytes(key, StateHash.KEY_MAX)));
    batch.put(Family.VERSIONS, versionKey(KEYS, version), list);
  }

  /// Adds one version whose state came from elsewhere: nothing leads back behind it.
  public void put(Batch batch, long version, Change change) {
    putNodes(batch, change);
    batch.put(Family.VERSIONS, versionKey(ROOT, version), Writer.encode(change.root()::write));
    if (!change.stale().isEmpty()) {
      Bytes list = Writer.encode(writer -> writer.list(change.stale(), STALE_MAX, NodeKey::write));
      batch.put(Family.VERSIONS, versionKey(STALE, version), list);
    }
  }

  /// Adds nodes that do not make a version yet.
  public void putNodes(Batch batch, Change change) {
    change.written().forEach((key, node) -> batch.put(Family.NODES, nodeKey(key), node.encode()));
  }

  /// Adds a version whose own nodes were put before: what `crown` replaces is deleted.
  public void putCrown(Batch batch, long version, Change crown) {
    crown.stale().forEach(key -> batch.delete(Family.NODES, nodeKey(key)));
    putNodes(batch, crown);
    batch.put(Family.VERSIONS, versionKey(ROOT, version), Writer.encode(crown.root()::write));
  }

  /// Adds to the batch of block `newest` the deletion of what `retention` no longer keeps: of
  /// versions a few dozen, and of their nodes at most `most`.
  public void prune(Batch batch, long newest, Retention retention, int most) {
    long oldest = retention.oldest(newest);
    forget(batch, KEYS, oldest);
    if (oldest > 0) {
      forget(batch, ROOT, oldest - 1);
    }
    // No root that needs it is left.
    long last = Math.min(oldest, prunedBelow[ROOT]);
    for (int left = most; left > 0 && hasDoomed(last); left--) {
      batch.delete(Family.NODES, nodeKey(intact(() -> NodeKey.read(doomed))));
      if (doomed.remaining() == 0) {
        batch.delete(Family.VERSIONS, versionKey(STALE, prunedBelow[STALE]));
        prunedBelow[STALE]++;
      }
    }
  }

  /// The entries of one kind up to version `last`, a few dozen of them.
  private void forget(Batch batch, int kind, long last) {
    if (prunedBelow[kind] == UNKNOWN) {
      prunedBelow[kind] = first(kind, last);
    }
    long end = Math.min(last + 1, prunedBelow[kind] + PRUNED_PER_COMMIT_MAX);
    for (; prunedBelow[kind] < end; prunedBelow[kind]++) {
      batch.delete(Family.VERSIONS, versionKey(kind, prunedBelow[kind]));
    }
  }

  /// Whether a node is stale since version `last` or before. `prunedBelow` is then the version of
  /// its list.
  private boolean hasDoomed(long last) {
    if (prunedBelow[STALE] == UNKNOWN) {
      prunedBelow[STALE] = first(STALE, last);
    }
    while (doomed.remaining() == 0 && prunedBelow[STALE] <= last) {
      Optional<Bytes> list = database.get(Family.VERSIONS, versionKey(STALE, prunedBelow[STALE]));
      if (list.isEmpty()) {
        prunedBelow[STALE]++;
      } else {
        doomed = new Reader(list.get());
        intact(() -> doomed.length(STALE_MAX));
      }
    }
    return doomed.remaining() > 0;
  }

  /// The oldest version that has an entry of this kind, or the first one behind `last`.
  private long first(int kind, long last) {
    return upTo(kind, last).map(entry -> entry.key().u64At(1)).orElse(last + 1);
  }

  /// Whether versions remain that `retention` no longer keeps.
  public boolean canPrune(long newest, Retention retention) {
    long oldest = retention.oldest(newest);
    return upTo(STALE, oldest).isPresent()
        || upTo(KEYS, oldest).isPresent()
        || (oldest > 0 && upTo(ROOT, oldest - 1).isPresent());
  }

  /// The keys that version `version` wrote; empty when nobody knows them any more (T7).
  public Optional<List<Bytes>> keys(long version) {
    return read(
        Family.VERSIONS,
        versionKey(KEYS, version),
        reader -> reader.list(KEYS_MAX, from -> from.bytes(StateHash.KEY_MAX)));
  }

  /// Adds to a batch the deletion of all that version `version` wrote. For the newest one.
  public void remove(Batch batch, long version) {
    for (int kind : List.of(STALE, ROOT, KEYS)) {
      batch.delete(Family.VERSIONS, versionKey(kind, version));
    }
    Range nodes = Range.between(Bytes.ofU64(version), Bytes.ofU64(version + 1), Range.LIMIT_MAX);
    List<Entry> page = database.scan(Family.NODES, nodes);
    while (!page.isEmpty()) {
      page.forEach(entry -> batch.delete(Family.NODES, entry.key()));
      page = database.scan(Family.NODES, nodes.startingAfter(page.getLast().key()));
    }
  }

  /// The first entry of one kind up to version `last`, without a look at what was deleted.
  private Optional<Entry> upTo(int kind, long last) {
    long from = Math.clamp(prunedBelow[kind], 0, last + 1);
    return database
        .scan(Family.VERSIONS, Range.between(versionKey(kind, from), versionKey(kind, last + 1), 1))
        .stream()
        .findFirst();
  }

  private <T> Optional<T> read(Family family, Bytes key, Reader.Decoder<T> decoder) {
    return database.get(family, key).map(bytes -> decode(bytes, decoder));
  }

  private static <T> T decode(Bytes bytes, Reader.Decoder<T> decoder) {
    return intact(() -> Reader.decode(bytes, decoder));
  }

  private interface Step<T> {
    T take() throws Malformed;
  }

  /// What stands in the database was written by this class.
  private static <T> T intact(Step<T> step) {
    try {
      return step.take();
    } catch (Malformed e) {
      throw new StorageFailure("the state tree is damaged: " + e.getMessage(), e);
    }
  }

  private static Bytes nodeKey(NodeKey key) {
    return Writer.encode(key::write);
  }

  private static Bytes versionKey(int kind, long version) {
    return Writer.encode(writer -> writer.u8(kind).i64(version));
  }
}
