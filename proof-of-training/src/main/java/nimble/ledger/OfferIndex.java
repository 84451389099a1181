package nimble.ledger;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// All offers in the order of price, as a tree of two levels in state: a directory of pages, each a
/// sorted list. A change reads and writes the directory and at most two pages (L11).
final class OfferIndex {
  /// Any two neighbours hold more than half a page together, so the directory never overflows.
  static final int OFFERS_MAX = 2_048;

  private static final int PAGE_MAX = 64;
  private static final int PAGES_MAX = 128;

  private OfferIndex() {}

  /// Ordered by price per operation, compared as exact fractions; then by number.
  record Entry(long pricePerHour, long operationsPerSecond, long id, Address miner)
      implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int high =
          Long.compare(
              Math.multiplyHigh(pricePerHour, other.operationsPerSecond),
              Math.multiplyHigh(other.pricePerHour, operationsPerSecond));
      int low =
          Long.compareUnsigned(
              pricePerHour * other.operationsPerSecond, other.pricePerHour * operationsPerSecond);
      return high != 0 ? high : low != 0 ? low : Long.compare(id, other.id);
    }

    void write(Writer writer) {
      writer.i64(pricePerHour).i64(operationsPerSecond).i64(id);
      miner.write(writer);
    }

    static Entry read(Reader reader) throws Malformed {
      return new Entry(reader.i64(), reader.i64(), reader.i64(), Address.read(reader));
    }
  }

  private record Page(long number, int size, Entry first) {
    void write(Writer writer) {
      first.write(writer.i64(number).u16(size));
    }

    static Page read(Reader reader) throws Malformed {
      return new Page(reader.i64(), reader.u16(), Entry.read(reader));
    }
  }

  static int size(StateView state) {
    return directory(state).stream().mapToInt(Page::size).sum();
  }

  /// The cheapest entries in order, at most `limit`.
  static List<Entry> first(StateView state, int limit) {
    List<Entry> found = new ArrayList<>();
    for (Page page : directory(state)) {
      if (found.size() >= limit) {
        break;
      }
      found.addAll(entries(state, page.number()));
    }
    return List.copyOf(found.subList(0, Math.min(limit, found.size())));
  }

  static Optional<Entry> dearest(StateView state) {
    List<Page> pages = directory(state);
    return pages.isEmpty()
        ? Optional.empty()
        : Optional.of(entries(state, pages.getLast().number()).getLast());
  }

  static void add(Overlay state, Entry entry) {
    List<Page> pages = new ArrayList<>(directory(state));
    int at = pageOf(pages, entry);
    long number = pages.isEmpty() ? 0 : pages.get(at).number();
    List<Entry> entries = pages.isEmpty() ? new ArrayList<>() : entries(state, number);
    int index = Collections.binarySearch(entries, entry);
    Invariant.check(index < 0, "offer %d is indexed", entry.id());
    entries.add(-index - 1, entry);
    if (!pages.isEmpty()) {
      pages.remove(at);
    }
    if (entries.size() <= PAGE_MAX) {
      pages.add(at, put(state, number, entries));
    } else {
      int half = entries.size() / 2;
      pages.add(at, put(state, number, entries.subList(0, half)));
      List<Entry> upper = entries.subList(half, entries.size());
      pages.add(at + 1, put(state, free(pages), upper));
    }
    putDirectory(state, pages);
  }

  static void remove(Overlay state, Entry entry) {
    List<Page> pages = new ArrayList<>(directory(state));
    int at = pageOf(pages, entry);
    Invariant.check(!pages.isEmpty(), "offer %d is not indexed", entry.id());
    Page page = pages.remove(at);
    List<Entry> entries = entries(state, page.number());
    int index = Collections.binarySearch(entries, entry);
    Invariant.check(index >= 0, "offer %d is not indexed", entry.id());
    entries.remove(index);
    if (entries.isEmpty()) {
      state.remove(pageKey(page.number()));
    } else {
      pages.add(at, put(state, page.number(), entries));
    }
    merge(state, pages, at);
    merge(state, pages, at - 1);
    putDirectory(state, pages);
  }

  /// Joins page `at` and the next when they fit into half a page.
  private static void merge(Overlay state, List<Page> pages, int at) {
    if (at < 0 || at + 1 >= pages.size()) {
      return;
    }
    Page left = pages.get(at);
    Page right = pages.get(at + 1);
    if (left.size() + right.size() > PAGE_MAX / 2) {
      return;
    }
    List<Entry> joined = entries(state, left.number());
    joined.addAll(entries(state, right.number()));
    state.remove(pageKey(right.number()));
    pages.remove(at + 1);
    pages.set(at, put(state, left.number(), joined));
  }

  /// The last page that begins at or before `entry`, else the first.
  private static int pageOf(List<Page> pages, Entry entry) {
    int at = 0;
    while (at + 1 < pages.size() && pages.get(at + 1).first().compareTo(entry) <= 0) {
      at++;
    }
    return at;
  }

  private static long free(List<Page> pages) {
    return pages.stream().mapToLong(Page::number).max().orElse(-1) + 1;
  }

  private static List<Page> directory(StateView state) {
    return state
        .read(Keys.of(Keys.OFFER_INDEX), reader -> reader.list(PAGES_MAX, Page::read))
        .orElse(List.of());
  }

  private static void putDirectory(Overlay state, List<Page> pages) {
    state.write(Keys.of(Keys.OFFER_INDEX), writer -> writer.list(pages, PAGES_MAX, Page::write));
  }

  private static List<Entry> entries(StateView state, long number) {
    return new ArrayList<>(
        state.read(pageKey(number), reader -> reader.list(PAGE_MAX, Entry::read)).orElseThrow());
  }

  private static Page put(Overlay state, long number, List<Entry> entries) {
    state.write(pageKey(number), writer -> writer.list(entries, PAGE_MAX, Entry::write));
    return new Page(number, entries.size(), entries.getFirst());
  }

  private static Bytes pageKey(long number) {
    return Keys.of(Keys.OFFER_PAGE, number);
  }
}
