package nimble.storage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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
    private final List<Optional<Child>> children;

    /// Of the subtrees, each above its halves: 1 is the whole, 2 and 3 are its halves.
    private final @Nullable Hash[] sums = new @Nullable Hash[WIDTH];

    public Inner(List<Optional<Child>> children) {
      Invariant.check(children.size() == WIDTH, "%d children", children.size());
      this.children = List.copyOf(children);
    }

    /// This node with other children in some places.
    Inner with(List<Optional<Child>> changed) {
      Inner next = new Inner(changed);
      next.keep(this, 1, 0, WIDTH);
      return next;
    }

    /// True when the subtree `at` is that of `before`, whose hashes are kept.
    private boolean keep(Inner before, int at, int from, int width) {
      if (width == 1) {
        return children.get(from).equals(before.children.get(from));
      }
      int half = width / 2;
      boolean left = keep(before, 2 * at, from, half);
      boolean right = keep(before, 2 * at + 1, from + half, half);
      if (left && right) {
        sums[at] = before.sums[at];
      }
      return left && right;
    }

    public List<Optional<Child>> children() {
      return children;
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
        return children.get(from).map(Child::hash).orElse(StateHash.EMPTY);
      }
      Hash known = sums[at];
      if (known == null) {
        known = sum(at, from, width);
        sums[at] = known;
      }
      return known;
    }

    private Hash sum(int at, int from, int width) {
      Optional<Child> only = Optional.empty();
      int count = 0;
      for (int place = from; place < from + width; place++) {
        if (children.get(place).isPresent()) {
          only = children.get(place);
          count++;
        }
      }
      if (count == 0) {
        return StateHash.EMPTY;
      }
      if (count == 1 && only.filter(Child::leaf).isPresent()) {
        return only.get().hash();
      }
      int half = width / 2;
      return StateHash.node(hash(2 * at, from, half), hash(2 * at + 1, from + half, half));
    }

    List<Child> present(int from, int width) {
      return children.subList(from, from + width).stream().flatMap(Optional::stream).toList();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Inner that && children.equals(that.children);
    }

    @Override
    public int hashCode() {
      return children.hashCode();
    }
  }

  /// Where a child was written, and what it hashes to.
  record Child(long version, Hash hash, boolean leaf) {
    void write(Writer writer) {
      hash.write(writer.i64(version));
      writer.bool(leaf);
    }

    static Child read(Reader reader) throws Malformed {
      return new Child(reader.i64(), Hash.read(reader), reader.bool());
    }
  }

  default void write(Writer writer) {
    switch (this) {
      case Leaf(Hash path, Bytes value) -> {
        path.write(writer.u8(1));
        writer.bytes(value, StateHash.VALUE_MAX);
      }
      case Inner inner -> {
        writer.u8(2);
        inner.children().forEach(child -> writer.optional(child, Child::write));
      }
    }
  }

  static TreeNode read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Leaf(Hash.read(reader), reader.bytes(StateHash.VALUE_MAX));
      case 2 -> {
        List<Optional<Child>> children =
            new ArrayList<>(Collections.nCopies(WIDTH, Optional.empty()));
        for (int place = 0; place < WIDTH; place++) {
          children.set(place, reader.optional(Child::read));
        }
        yield new Inner(children);
      }
      default -> throw new Malformed("tree node of kind %d".formatted(tag));
    };
  }
}
