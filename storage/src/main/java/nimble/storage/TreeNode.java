package nimble.storage;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.state.StateHash;
import nimble.types.Hash;

/// A node of the state tree as it is stored (T1).
public sealed interface TreeNode permits TreeNode.Leaf, InnerNode {
  int WIDTH = 16;

  Hash hash();

  /// One key's value. It stands at the shortest path that no other leaf shares.
  record Leaf(Hash path, Bytes value) implements TreeNode {
    @Override
    public Hash hash() {
      return StateHash.leaf(path, StateHash.value(value));
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
          case InnerNode inner -> 1 + inner.encodedSize();
        },
        this::write);
  }

  default void write(Writer writer) {
    switch (this) {
      case Leaf(Hash path, Bytes value) -> {
        path.write(writer.u8(1));
        writer.bytes(value, StateHash.VALUE_MAX);
      }
      case InnerNode inner -> inner.writeChildren(writer.u8(2));
    }
  }

  static TreeNode read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Leaf(Hash.read(reader), reader.bytes(StateHash.VALUE_MAX));
      case 2 -> InnerNode.readChildren(reader);
      default -> throw new Malformed("tree node of kind %d".formatted(tag));
    };
  }
}
