package nimble.storage;

import java.util.ArrayList;
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

  /// Versions pruned at most by one commit: a shorter retention is reached over several blocks.
  private static final int PRUNED_PER_COMMIT_MAX = 64;

  private static final int STALE_MAX = 1 << 24;
  private static final int KEYS_MAX = 1 << 24;

  private final Contents database;

  /// Nothing below is left to prune: looking there again would pass all that was deleted.
  private long prunedBelow;

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

  /// Adds to the batch of block `newest` the deletion of what `retention` no longer keeps.
  public void prune(Batch batch, long newest, Retention retention) {
    long oldest = retention.oldest(newest);
    List<Entry> stale = upTo(STALE, oldest);
    for (Entry list : stale) {
      for (NodeKey key : decode(list.value(), TreeStore::staleKeys)) {
        batch.delete(Family.NODES, nodeKey(key));
      }
      batch.delete(Family.VERSIONS, list.key());
    }
    List<Entry> keys = upTo(KEYS, oldest);
    List<Entry> roots = oldest > 0 ? upTo(ROOT, oldest - 1) : List.of();
    keys.forEach(list -> batch.delete(Family.VERSIONS, list.key()));
    roots.forEach(root -> batch.delete(Family.VERSIONS, root.key()));
    if (Math.max(stale.size(), Math.max(keys.size(), roots.size())) < PRUNED_PER_COMMIT_MAX) {
      prunedBelow = Math.max(prunedBelow, oldest);
    }
  }

  /// Whether versions remain that `retention` no longer keeps.
  public boolean canPrune(long newest, Retention retention) {
    long oldest = retention.oldest(newest);
    return !upTo(STALE, oldest).isEmpty()
        || !upTo(KEYS, oldest).isEmpty()
        || (oldest > 0 && !upTo(ROOT, oldest - 1).isEmpty());
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

  private List<Entry> upTo(int kind, long version) {
    return database.scan(
        Family.VERSIONS,
        Range.between(
            versionKey(kind, Math.min(prunedBelow, version)),
            versionKey(kind, version + 1),
            PRUNED_PER_COMMIT_MAX));
  }

  private static List<NodeKey> staleKeys(Reader reader) throws Malformed {
    return new ArrayList<>(reader.list(STALE_MAX, NodeKey::read));
  }

  private <T> Optional<T> read(Family family, Bytes key, Reader.Decoder<T> decoder) {
    return database.get(family, key).map(bytes -> decode(bytes, decoder));
  }

  private static <T> T decode(Bytes bytes, Reader.Decoder<T> decoder) {
    try {
      return Reader.decode(bytes, decoder);
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
