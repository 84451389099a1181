package nimble.node.chain;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import nimble.codec.Bytes;
import nimble.ledger.StateView;

/// The values of finalized state that were used last, and that keys have none, over the database.
/// Who writes tells it first. One owner at a time.
final class StateCache implements StateView {
  static final int ENTRIES_MAX = 131_072;

  /// Larger values are read rarely, and would fill memory.
  private static final int VALUE_BYTES_MAX = 512;

  private final StateView below;
  private final SequencedMap<Bytes, Optional<Bytes>> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Optional<Bytes>> eldest) {
          return size() > ENTRIES_MAX;
        }
      };

  StateCache(StateView below) {
    this.below = below;
  }

  @Override
  public Optional<Bytes> get(Bytes key) {
    Optional<Bytes> known = entries.get(key);
    if (known == null) {
      known = below.get(key);
      put(key, known);
    }
    return known;
  }

  void add(SortedMap<Bytes, Optional<Bytes>> writes) {
    writes.forEach(this::put);
  }

  private void put(Bytes key, Optional<Bytes> value) {
    if (value.map(Bytes::size).orElse(0) <= VALUE_BYTES_MAX) {
      entries.put(key, value);
    } else {
      entries.remove(key);
    }
  }
}
