package nimble.ledger;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import nimble.codec.Bytes;
import nimble.codec.Writer;

/// A state on top of another: reads fall through to the parent, writes stay here. An empty value is
/// a removal.
///
/// One owner at a time. The parent must not change while the overlay is in use, except by
/// [#commit].
public final class Overlay implements StateView {
  private final StateView parent;
  private final Map<Bytes, Optional<Bytes>> writes = new LinkedHashMap<>();

  public Overlay(StateView parent) {
    this.parent = parent;
  }

  @Override
  public Optional<Bytes> get(Bytes key) {
    Optional<Bytes> written = writes.get(key);
    // A missing key is null here: containsKey would look it up twice.
    return written != null ? written : parent.get(key);
  }

  public void put(Bytes key, Bytes value) {
    writes.put(key, Optional.of(value));
  }

  public void write(Bytes key, Consumer<Writer> value) {
    put(key, Writer.encode(value));
  }

  public void remove(Bytes key) {
    writes.put(key, Optional.empty());
  }

  /// Adds everything written here to `target`, which must be the parent.
  public void commit(Overlay target) {
    target.writes.putAll(writes);
  }

  /// What was written so far, in the order of keys.
  public SortedMap<Bytes, Optional<Bytes>> writes() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(writes));
  }

  /// The state that `writes` make of `parent`, without copying either.
  public static StateView of(StateView parent, Map<Bytes, Optional<Bytes>> writes) {
    return key -> {
      Optional<Bytes> written = writes.get(key);
      return written != null ? written : parent.get(key);
    };
  }
}
