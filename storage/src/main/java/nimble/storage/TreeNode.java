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

  /// Sixteen places, at least two leaves below.
  record Inner(List<Optional<Child>> children) implements TreeNode {
    public Inner {
      Invariant.check(children.size() == WIDTH, "%d children", children.size());
      children = List.copyOf(children);
    }

    @Override
    public Hash hash() {
      return hash(0, WIDTH);
    }

    /// The hash of the binary subtree over places `from` to `from + width`.
    Hash hash(int from, int width) {
      List<Child> present = present(from, width);
      if (present.isEmpty()) {
        return StateHash.EMPTY;
      }
      if (width == 1 || (present.size() == 1 && present.getFirst().leaf())) {
        return present.getFirst().hash();
      }
      int half = width / 2;
      return StateHash.node(hash(from, half), hash(from + half, half));
    }

    List<Child> present(int from, int width) {
      return children.subList(from, from + width).stream().flatMap(Optional::stream).toList();
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
      case Inner(List<Optional<Child>> children) -> {
        writer.u8(2);
        children.forEach(child -> writer.optional(child, Child::write));
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
