package nimble.storage;

import java.util.Comparator;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Which version wrote a tree node, and where it stands (T2).
public record NodeKey(long version, Nibbles path) implements Comparable<NodeKey> {
  private static final Comparator<NodeKey> ORDER =
      Comparator.comparingLong(NodeKey::version).thenComparing(NodeKey::path);

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
    return ORDER.compare(this, other);
  }
}
