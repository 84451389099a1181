package nimble.storage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;

/// Writes that happen together or not at all (D1). A later write to a key wins.
public final class Batch {
  public static final int KEY_MAX = 1 << 10;
  public static final long BYTES_MAX = 512L << 20;

  /// One write.
  public sealed interface Write {
    Family family();

    Bytes key();
  }

  public record Put(Family family, Bytes key, Bytes value) implements Write {}

  public record Delete(Family family, Bytes key) implements Write {}

  private final List<Write> writes = new ArrayList<>();
  private long bytes;

  public Batch put(Family family, Bytes key, Bytes value) {
    return add(new Put(family, key, value), value.size());
  }

  public Batch delete(Family family, Bytes key) {
    return add(new Delete(family, key), 0);
  }

  /// In the order of their addition; a view.
  public List<Write> writes() {
    return Collections.unmodifiableList(writes);
  }

  public boolean isEmpty() {
    return writes.isEmpty();
  }

  private Batch add(Write write, int valueBytes) {
    int keyBytes = write.key().size();
    Invariant.check(keyBytes > 0 && keyBytes <= KEY_MAX, "key of %d bytes", keyBytes);
    bytes += keyBytes + valueBytes;
    Invariant.check(bytes <= BYTES_MAX, "batch of %d bytes", bytes);
    writes.add(write);
    return this;
  }
}
