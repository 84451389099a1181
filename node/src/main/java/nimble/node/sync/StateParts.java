package nimble.node.sync;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.state.StateHash;
import nimble.storage.Contents;
import nimble.storage.Entry;
import nimble.storage.Family;
import nimble.storage.Range;
import nimble.storage.StateCut;
import nimble.storage.StatePart;
import nimble.storage.StorageFailure;
import nimble.storage.file.FileSnapshot.Draft;
import nimble.types.Hash;

/// Sorts the flat state by path, of whatever size: entries go on heaps on disk, one for each place
/// of the cut, and every heap is sorted by itself.
final class StateParts {
  private static final int PAGE = 10_000;
  private static final long HELD_BYTES_MAX = 32L << 20;

  private final Contents contents;
  private final Draft draft;
  private final BooleanSupplier stop;
  private long entries;
  private long bytes;

  /// @param stop asked now and then; a `CancellationException` follows
  StateParts(Contents contents, Draft draft, BooleanSupplier stop) {
    this.stop = stop;
    this.contents = contents;
    this.draft = draft;
  }

  long entries() {
    return entries;
  }

  long bytes() {
    return bytes;
  }

  /// @param each part that is not empty, with its hash, from left to right
  StateCut cut(BiConsumer<Hash, StatePart> each) {
    int depth = StateCut.depthFor(sizes());
    heap(depth);
    List<Optional<StateCut.Part>> parts = new ArrayList<>();
    for (int place = 0; place < StateCut.parts(depth); place++) {
      parts.add(draft.take(place).map(heap -> part(heap, depth, each)));
    }
    return new StateCut(depth, parts);
  }

  private List<Long> sizes() {
    List<Long> sizes = new ArrayList<>(Collections.nCopies(StateCut.parts(StateCut.DEPTH_MAX), 0L));
    forEachEntry(entry -> {
      int place = StateCut.indexOf(StateHash.path(entry.key()), StateCut.DEPTH_MAX);
      sizes.set(place, sizes.get(place) + StatePart.bytesOf(entry));
      entries++;
      bytes += StatePart.bytesOf(entry);
    });
    return sizes;
  }

  private void heap(int depth) {
    Map<Integer, Writer> held = new TreeMap<>();
    long[] heldBytes = new long[1];
    forEachEntry(entry -> {
      int place = StateCut.indexOf(StateHash.path(entry.key()), depth);
      held.computeIfAbsent(place, _ -> new Writer())
          .bytes(entry.key(), StateHash.KEY_MAX)
          .bytes(entry.value(), StateHash.VALUE_MAX);
      heldBytes[0] += StatePart.bytesOf(entry);
      if (heldBytes[0] > HELD_BYTES_MAX) {
        flush(held);
        heldBytes[0] = 0;
      }
    });
    flush(held);
  }

  private void flush(Map<Integer, Writer> held) {
    held.forEach((place, writer) -> draft.heap(place, writer.toBytes()));
    held.clear();
  }

  private void forEachEntry(Consumer<Entry> action) {
    Range range = Range.prefix(Bytes.EMPTY, PAGE);
    List<Entry> page = contents.scan(Family.STATE, range);
    while (!page.isEmpty()) {
      if (stop.getAsBoolean()) {
        throw new CancellationException();
      }
      page.forEach(action);
      page = contents.scan(Family.STATE, range.startingAfter(page.getLast().key()));
    }
  }

  private static StateCut.Part part(Bytes heap, int depth, BiConsumer<Hash, StatePart> each) {
    try {
      Reader reader = new Reader(heap);
      List<Entry> entries = new ArrayList<>();
      while (reader.remaining() > 0) {
        entries.add(new Entry(reader.bytes(StateHash.KEY_MAX), reader.bytes(StateHash.VALUE_MAX)));
      }
      StatePart part = StatePart.of(entries);
      StateCut.Part grown = part.grow(depth, 0).part();
      each.accept(grown.hash(), part);
      return grown;
    } catch (Malformed e) {
      throw new StorageFailure("the snapshot's draft was damaged: " + e.reason(), e);
    }
  }
}
