package nimble.storage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.state.StateHash;
import nimble.storage.TreeNode.Child;
import nimble.storage.TreeNode.Leaf;
import nimble.types.Hash;

/// The entries of a state below one place of a cut, in the order of their paths: what travels, and
/// what lies in a backup (T6). At least one.
public final class StatePart {
  public static final int BYTES_MAX = 7 << 20;

  private static final int VERSION = 1;
  private static final int ENTRIES_MAX = 1 << 20;

  private record Keyed(Bytes key, Leaf leaf) {}

  private final List<Keyed> entries;

  private StatePart(List<Keyed> entries) {
    this.entries = entries;
  }

  /// @param entries of one place, in any order
  public static StatePart of(List<Entry> entries) {
    Invariant.check(!entries.isEmpty() && entries.size() <= ENTRIES_MAX, "%d", entries.size());
    List<Keyed> sorted = new ArrayList<>(entries.size());
    entries.forEach(entry -> sorted.add(keyed(entry.key(), entry.value())));
    sorted.sort(Comparator.comparing(entry -> entry.leaf().path()));
    return new StatePart(sorted);
  }

  private static Keyed keyed(Bytes key, Bytes value) {
    return new Keyed(key, new Leaf(StateHash.path(key), value));
  }

  /// What one entry adds to an encoding.
  public static int bytesOf(Entry entry) {
    return entry.key().size() + entry.value().size() + 2 * Integer.BYTES;
  }

  public List<Entry> entries() {
    return entries.stream().map(it -> new Entry(it.key(), it.leaf().value())).toList();
  }

  public int size() {
    return entries.size();
  }

  /// The part as a subtree.
  ///
  /// @param change its nodes, as version `version` writes them
  public record Grown(StateCut.Part part, Change change) {}

  /// Malformed when the entries belong to several places of a cut at `depth`.
  public Grown grow(int depth, long version) throws Malformed {
    List<Leaf> leaves = entries.stream().map(Keyed::leaf).toList();
    int place = StateCut.indexOf(leaves.getFirst().path(), depth);
    if (StateCut.indexOf(leaves.getLast().path(), depth) != place) {
      throw new Malformed("a part of several places");
    }
    TreeUpdate update = new TreeUpdate(NodeSource.NONE, version);
    Child top = update.plant(Nibbles.first(leaves.getFirst().path(), depth), leaves);
    return new Grown(new StateCut.Part(top.hash(), top.leaf()), update.change(top));
  }

  public Bytes encode() {
    Bytes bytes =
        Writer.encode(writer ->
            writer
                .u8(VERSION)
                .list(
                    entries,
                    ENTRIES_MAX,
                    (entry, to) ->
                        to.bytes(entry.key(), StateHash.KEY_MAX)
                            .bytes(entry.leaf().value(), StateHash.VALUE_MAX)));
    Invariant.check(bytes.size() <= BYTES_MAX, "part of %d bytes", bytes.size());
    return bytes;
  }

  public static StatePart decode(Bytes bytes) throws Malformed {
    if (bytes.size() > BYTES_MAX) {
      throw new Malformed("part of %d bytes".formatted(bytes.size()));
    }
    return Reader.decode(bytes, StatePart::read);
  }

  private static StatePart read(Reader reader) throws Malformed {
    reader.version(VERSION);
    List<Keyed> entries =
        reader.list(
            ENTRIES_MAX,
            from -> keyed(from.bytes(StateHash.KEY_MAX), from.bytes(StateHash.VALUE_MAX)));
    if (entries.isEmpty()) {
      throw new Malformed("a part without entries");
    }
    for (int i = 1; i < entries.size(); i++) {
      Hash before = entries.get(i - 1).leaf().path();
      if (before.compareTo(entries.get(i).leaf().path()) >= 0) {
        throw new Malformed("entries are not in the order of their paths");
      }
    }
    return new StatePart(entries);
  }
}
