package nimble.storage;

import java.util.Arrays;
import java.util.Objects;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.state.StateHash;
import nimble.storage.TreeUpdate.Stand;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// Sixteen places, at least two leaves below. What it stands for never changes; beside that it
/// remembers the hashes of its binary subtrees, so that a node with one new child costs four hashes
/// instead of fifteen, and those of its children that are in memory (T8). Flat arrays: a state has
/// tens of thousands of these, and each child would be four objects of its own.
public final class InnerNode implements TreeNode {
  /// With fewer children the subtrees' hashes are cheaper made again than kept.
  private static final int KEPT_FROM = 4;

  /// Of binary subtrees that have halves.
  private static final int LEVELS = 4;

  private static final int PAIR = 2 * Hash.SIZE;

  /// A bit for each place that has a child, and for each that has a leaf.
  private final int present;

  private final int leaves;

  /// Of the children only, in the order of their places.
  private final long[] versions;

  private final byte[] hashes;
  private final @Nullable TreeNode[] known;

  /// A bit for each place whose node was wanted since [#forget].
  private int used;

  /// Of the subtrees, each above its halves: 1 is the whole, 2 and 3 are its halves. A bit of
  /// `summed` for each that is there.
  private byte @Nullable [] sums;

  private int summed;

  private InnerNode(int present, int leaves) {
    int count = Integer.bitCount(present);
    this.present = present;
    this.leaves = leaves;
    this.versions = new long[count];
    this.hashes = new byte[count * Hash.SIZE];
    this.known = new @Nullable TreeNode[count];
  }

  /// An inner node in the making.
  static final class Draft {
    private final @Nullable InnerNode before;
    private final @Nullable Stand[] stands = new @Nullable Stand[WIDTH];
    private int changed;

    /// Every place is empty.
    Draft() {
      this.before = null;
    }

    /// Every place is as it is in `before`.
    Draft(InnerNode before) {
      this.before = before;
    }

    /// Null empties the place.
    void set(int place, @Nullable Stand stand) {
      stands[place] = stand;
      changed |= 1 << place;
    }

    boolean isChanged() {
      return changed != 0;
    }

    InnerNode build() {
      int kept = before == null ? 0 : before.present & ~changed;
      int present = kept;
      int leaves = before == null ? 0 : before.leaves & kept;
      for (int left = changed; left != 0; left &= left - 1) {
        int place = Integer.numberOfTrailingZeros(left);
        Stand stand = stands[place];
        present |= stand == null ? 0 : 1 << place;
        leaves |= stand != null && stand.child().leaf() ? 1 << place : 0;
      }
      InnerNode node = new InnerNode(present, leaves);
      if (before != null) {
        node.keep(before, changed);
      }
      for (int left = present & changed; left != 0; left &= left - 1) {
        int place = Integer.numberOfTrailingZeros(left);
        node.fill(place, Objects.requireNonNull(stands[place]));
      }
      return node;
    }
  }

  private void fill(int place, Stand stand) {
    int index = index(place);
    versions[index] = stand.child().version();
    stand.child().hash().bytes().copyTo(hashes, index * Hash.SIZE);
    known[index] = stand.node();
    used |= 1 << place;
  }

  private void keep(InnerNode before, int changed) {
    for (int left = present & ~changed; left != 0; left &= left - 1) {
      int place = Integer.numberOfTrailingZeros(left);
      int to = index(place);
      int from = before.index(place);
      versions[to] = before.versions[from];
      System.arraycopy(before.hashes, from * Hash.SIZE, hashes, to * Hash.SIZE, Hash.SIZE);
      known[to] = before.known[from];
    }
    used = before.used & ~changed;
    if (before.sums != null && versions.length >= KEPT_FROM) {
      sums = before.sums.clone();
      summed = before.summed;
      for (int left = changed; left != 0; left &= left - 1) {
        int leaf = WIDTH + Integer.numberOfTrailingZeros(left);
        for (int at = leaf / 2; at > 0; at /= 2) {
          summed &= ~(1 << at);
        }
      }
    }
  }

  /// Where the child of `place` stands in the arrays.
  private int index(int place) {
    return Integer.bitCount(present & ((1 << place) - 1));
  }

  private boolean has(int place) {
    return (present >> place & 1) != 0;
  }

  public @Nullable Child child(int place) {
    if (!has(place)) {
      return null;
    }
    int index = index(place);
    byte[] hash = Arrays.copyOfRange(hashes, index * Hash.SIZE, (index + 1) * Hash.SIZE);
    return new Child(versions[index], new Hash(Bytes.wrap(hash)), (leaves >> place & 1) != 0);
  }

  /// The node of the child at `place`, which is read from `source` unless it is in memory.
  ///
  /// @param at where the child stands
  TreeNode load(int place, Nibbles at, NodeSource source) {
    int index = index(place);
    TreeNode node = known[index];
    if (node == null) {
      node = source.require(new NodeKey(versions[index], at));
      known[index] = node;
    }
    used |= 1 << place;
    return node;
  }

  /// How many nodes below are in memory.
  int inMemory() {
    int count = 0;
    for (TreeNode node : known) {
      count += node == null ? 0 : 1;
      count += node instanceof InnerNode inner ? inner.inMemory() : 0;
    }
    return count;
  }

  /// Lets go of the nodes below that nobody has wanted since the last time.
  void forget() {
    for (int left = present; left != 0; left &= left - 1) {
      int place = Integer.numberOfTrailingZeros(left);
      int index = index(place);
      if ((used >> place & 1) == 0) {
        known[index] = null;
      } else if (known[index] instanceof InnerNode inner) {
        inner.forget();
      }
    }
    used = 0;
  }

  @Override
  public Hash hash() {
    return hash(0, WIDTH);
  }

  /// The hash of the binary subtree over places `from` to `from + width`, aligned to its width.
  Hash hash(int from, int width) {
    byte[] hash = new byte[Hash.SIZE];
    hash((WIDTH + from) / width, from, width, new byte[LEVELS * PAIR], hash, 0);
    return new Hash(Bytes.wrap(hash));
  }

  /// @param pairs room for the two halves of one subtree of each width
  private void hash(int at, int from, int width, byte[] pairs, byte[] target, int to) {
    int first = first(from, width);
    if (first < 0) {
      StateHash.EMPTY.bytes().copyTo(target, to);
    } else if (width == 1 || isAlone(first, from, width)) {
      System.arraycopy(hashes, index(first) * Hash.SIZE, target, to, Hash.SIZE);
    } else if (sums != null && (summed >> at & 1) != 0) {
      System.arraycopy(sums, at * Hash.SIZE, target, to, Hash.SIZE);
    } else {
      int half = width / 2;
      int pair = Integer.numberOfTrailingZeros(half) * PAIR;
      hash(2 * at, from, half, pairs, pairs, pair);
      hash(2 * at + 1, from + half, half, pairs, pairs, pair + Hash.SIZE);
      StateHash.node(pairs, pair, target, to);
      keepSum(at, target, to);
    }
  }

  private void keepSum(int at, byte[] sum, int from) {
    if (versions.length < KEPT_FROM) {
      return;
    }
    byte[] kept = sums == null ? new byte[WIDTH * Hash.SIZE] : sums;
    System.arraycopy(sum, from, kept, at * Hash.SIZE, Hash.SIZE);
    sums = kept;
    summed |= 1 << at;
  }

  /// The first place of a child among places `from` to `from + width`; -1 without any.
  int first(int from, int width) {
    int inside = inside(from, width);
    return inside == 0 ? -1 : Integer.numberOfTrailingZeros(inside);
  }

  /// Whether that child is a leaf that stands for all these places: it is the only one.
  boolean isAlone(int first, int from, int width) {
    return inside(from, width) == 1 << first && (leaves >> first & 1) != 0;
  }

  private int inside(int from, int width) {
    return present & (((1 << width) - 1) << from);
  }

  int encodedSize() {
    int size = 2 * Short.BYTES + hashes.length;
    for (long version : versions) {
      size += Math.max(1, Math.ceilDiv(Long.SIZE - Long.numberOfLeadingZeros(version), 7));
    }
    return size;
  }

  /// The bits as they are, then all versions, then all hashes.
  void writeChildren(Writer writer) {
    writer.u16(present).u16(leaves);
    for (long version : versions) {
      writer.varint(version);
    }
    writer.raw(Bytes.wrap(hashes));
  }

  static InnerNode readChildren(Reader reader) throws Malformed {
    int present = reader.u16();
    int leaves = reader.u16();
    if (present == 0 || (leaves & ~present) != 0) {
      throw new Malformed("leaves %x among children %x".formatted(leaves, present));
    }
    InnerNode node = new InnerNode(present, leaves);
    for (int index = 0; index < node.versions.length; index++) {
      node.versions[index] = reader.varint(Long.MAX_VALUE);
    }
    reader.fixed(node.hashes.length).copyTo(node.hashes, 0);
    return node;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof InnerNode that
        && present == that.present
        && leaves == that.leaves
        && Arrays.equals(versions, that.versions)
        && Arrays.equals(hashes, that.hashes);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(hashes) + present;
  }
}
