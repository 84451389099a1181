package nimble.storage;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.state.StateHash;
import nimble.types.Hash;

/// A state root, and the version that wrote its root node: older than the block's own when the
/// block changed nothing.
public record TreeRoot(long version, Hash hash) {
  public static final TreeRoot EMPTY = new TreeRoot(0, StateHash.EMPTY);

  public boolean isEmpty() {
    return hash.equals(StateHash.EMPTY);
  }

  public void write(Writer writer) {
    hash.write(writer.i64(version));
  }

  public static TreeRoot read(Reader reader) throws Malformed {
    return new TreeRoot(reader.i64(), Hash.read(reader));
  }
}
