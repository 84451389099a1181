package nimble.node.chain;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import nimble.codec.Bytes;
import nimble.ledger.StateView;

/// The values of finalized state that were used lately, and that keys have none, over the database.
/// Who writes tells it first. One owner at a time.
///
/// A second chance (CLOCK; Corbató, A paging experiment with the Multics system, 1968) instead of
/// an order of use: keeping that would write three references at each look, and the collector reads
/// again what references are written to.
final class StateCache implements StateView {
  static final int ENTRIES_MAX = 131_072;

  /// Larger values are read rarely, and would fill memory.
  private static final int VALUE_BYTES_MAX = 512;

  private static final class Entry {
    private final Bytes key;

    private Optional<Bytes> value;

    /// Otherwise the value is too large, and not here.
    private boolean kept = true;

    private boolean used;

    Entry(Bytes key, Optional<Bytes> value) {
      this.key = key;
      this.value = value;
    }
  }

  private final StateView below;
  private final Map<Bytes, Entry> entries = new HashMap<>();
  private final Entry[] ring;
  private int hand;

  StateCache(StateView below) {
    this(below, ENTRIES_MAX);
  }

  StateCache(StateView below, int most) {
    this.below = below;
    this.ring = new Entry[most];
  }

  @Override
  public Optional<Bytes> get(Bytes key) {
    Entry entry = entries.get(key);
    if (entry == null || !entry.kept) {
      Optional<Bytes> value = below.get(key);
      put(key, value);
      return value;
    }
    entry.used = true;
    return entry.value;
  }

  void add(SortedMap<Bytes, Optional<Bytes>> writes) {
    writes.forEach(this::put);
  }

  private void put(Bytes key, Optional<Bytes> value) {
    boolean kept = value.map(Bytes::size).orElse(0) <= VALUE_BYTES_MAX;
    Entry entry = entries.get(key);
    if (entry != null) {
      entry.kept = kept;
      entry.value = kept ? value : Optional.empty();
    } else if (kept) {
      enter(new Entry(key, value));
    }
  }

  private void enter(Entry entry) {
    int place = entries.size() < ring.length ? entries.size() : clear();
    ring[place] = entry;
    entries.put(entry.key, entry);
  }

  /// Frees the place of the first that was not used since the hand came by.
  private int clear() {
    while (ring[hand].used) {
      ring[hand].used = false;
      hand = (hand + 1) % ring.length;
    }
    entries.remove(ring[hand].key);
    int place = hand;
    hand = (hand + 1) % ring.length;
    return place;
  }
}
