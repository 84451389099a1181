package nimble.storage;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import org.jspecify.annotations.Nullable;

/// Which version wrote a tree node, and where it stands (T2).
public record NodeKey(long version, Nibbles path) implements Comparable<NodeKey> {
  public NodeKey {
    Invariant.check(version >= 0, "version %d", version);
  }

  void write(Writer writer) {
    path.write(writer.i64(version));
  }

  static NodeKey read(Reader reader) throws Malformed {
    return new NodeKey(reader.i64(), Nibbles.read(reader));
  }

  @Override
  public int compareTo(NodeKey other) {
    int order = Long.compare(version, other.version);
    return order != 0 ? order : path.compareTo(other.path);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NodeKey that && version == that.version && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return 31 * path.hashCode() + Long.hashCode(version);
  }
}
