package nimble.storage;

import java.util.Arrays;
import java.util.Objects;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.state.StateHash;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// A node of the state tree as it is stored (T1).
public sealed interface TreeNode {
  int WIDTH = 16;

  Hash hash();

  /// One key's value. It stands at the shortest path that no other leaf shares.
  record Leaf(Hash path, Bytes value) implements TreeNode {
    @Override
    public Hash hash() {
      return StateHash.leaf(path, StateHash.value(value));
    }
  }

  /// Sixteen places, at least two leaves below. Immutable; keeps the hashes of its binary subtrees,
  /// so that a node with one new child costs four hashes instead of fifteen.
  final class Inner implements TreeNode {
    private final @Nullable Child[] children;

    /// Of the subtrees, each above its halves: 1 is the whole, 2 and 3 are its halves.
    private final @Nullable Hash[] sums = new @Nullable Hash[WIDTH];

    /// Takes the array over.
    Inner(@Nullable Child[] children) {
      Invariant.check(children.length == WIDTH, "%d children", children.length);
      this.children = children;
    }

    /// This node with other children in some places; takes the array over.
    Inner with(@Nullable Child[] changed) {
      Inner next = new Inner(changed);
      next.keep(this, 1, 0, WIDTH);
      return next;
    }

    /// True when the subtree `at` is that of `before`, whose hashes are kept.
    private boolean keep(Inner before, int at, int from, int width) {
      if (width == 1) {
        return Objects.equals(children[from], before.children[from]);
      }
      int half = width / 2;
      boolean left = keep(before, 2 * at, from, half);
      boolean right = keep(before, 2 * at + 1, from + half, half);
      if (left && right) {
        sums[at] = before.sums[at];
      }
      return left && right;
    }

    public @Nullable Child child(int place) {
      return children[place];
    }

    @Nullable Child[] toArray() {
      return children.clone();
    }

    private int count() {
      int count = 0;
      for (Child child : children) {
        count += child == null ? 0 : 1;
      }
      return count;
    }

    boolean holds(@Nullable Child[] others) {
      return Arrays.equals(children, others);
    }

    @Override
    public Hash hash() {
      return hash(1, 0, WIDTH);
    }

    /// The hash of the binary subtree over places `from` to `from + width`, aligned to its width.
    Hash hash(int from, int width) {
      return hash((WIDTH + from) / width, from, width);
    }

    private Hash hash(int at, int from, int width) {
      if (width == 1) {
        Child child = children[from];
        return child == null ? StateHash.EMPTY : child.hash();
      }
      Hash known = sums[at];
      if (known == null) {
        known = sum(at, from, width);
        sums[at] = known;
      }
      return known;
    }

    private Hash sum(int at, int from, int width) {
      int first = first(from, width);
      if (first < 0) {
        return StateHash.EMPTY;
      }
      if (isAlone(first, from, width)) {
        return hash(WIDTH + first, first, 1);
      }
      int half = width / 2;
      return StateHash.node(hash(2 * at, from, half), hash(2 * at + 1, from + half, half));
    }

    /// The first place of a child among places `from` to `from + width`; -1 without any.
    int first(int from, int width) {
      for (int place = from; place < from + width; place++) {
        if (children[place] != null) {
          return place;
        }
      }
      return -1;
    }

    /// Whether that child is a leaf that stands for all these places: it is the only one.
    boolean isAlone(int first, int from, int width) {
      Child child = children[first];
      return child != null && child.leaf() && first(first + 1, from + width - first - 1) < 0;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Inner that && Arrays.equals(children, that.children);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(children);
    }
  }

  /// Where a child was written, and what it hashes to.
  record Child(long version, Hash hash, boolean leaf) {
    static final int SIZE = Long.BYTES + Hash.SIZE + 1;

    void write(Writer writer) {
      hash.write(writer.i64(version));
      writer.bool(leaf);
    }

    static Child read(Reader reader) throws Malformed {
      return new Child(reader.i64(), Hash.read(reader), reader.bool());
    }
  }

  default Bytes encode() {
    return Writer.encode(
        switch (this) {
          case Leaf(Hash _, Bytes value) -> 1 + Hash.SIZE + Integer.BYTES + value.size();
          case Inner inner -> 1 + WIDTH + Child.SIZE * inner.count();
        },
        this::write);
  }

  default void write(Writer writer) {
    switch (this) {
      case Leaf(Hash path, Bytes value) -> {
        path.write(writer.u8(1));
        writer.bytes(value, StateHash.VALUE_MAX);
      }
      case Inner inner -> {
        writer.u8(2);
        for (Child child : inner.children) {
          writer.bool(child != null);
          if (child != null) {
            child.write(writer);
          }
        }
      }
    }
  }

  static TreeNode read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Leaf(Hash.read(reader), reader.bytes(StateHash.VALUE_MAX));
      case 2 -> {
        @Nullable Child[] children = new @Nullable Child[WIDTH];
        for (int place = 0; place < WIDTH; place++) {
          children[place] = reader.bool() ? Child.read(reader) : null;
        }
        yield new Inner(children);
      }
      default -> throw new Malformed("tree node of kind %d".formatted(tag));
    };
  }
}
