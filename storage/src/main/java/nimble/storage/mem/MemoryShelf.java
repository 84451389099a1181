package nimble.storage.mem;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.storage.Shelf;
import nimble.storage.ShelfNames;
import nimble.types.Hash;

/// A shelf in memory. A power cut keeps what was durable and, of what came after it, the older part
/// with damages (E3). One thread.
public final class MemoryShelf implements Shelf {
  private sealed interface Entry {
    Bytes contents();
  }

  private record Chunk(Hash name, Bytes contents) implements Entry {}

  private record Document(Hash name, Bytes contents) implements Entry {}

  private static final class Group {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Hash, Bytes> chunks = new LinkedHashMap<>();
    private final Map<Hash, Bytes> documents = new LinkedHashMap<>();
    private int durable;

    void add(Entry entry) {
      entries.add(entry);
      switch (entry) {
        case Chunk(Hash name, Bytes contents) -> chunks.put(name, contents);
        case Document(Hash name, Bytes contents) -> {
          documents.put(name, contents);
          durable = entries.size();
        }
      }
    }

    long bytes() {
      return entries.stream().mapToLong(each -> ENTRY_BYTES + (long) each.contents().size()).sum();
    }

    void crash(SplittableRandom random) {
      int kept = durable + random.nextInt(entries.size() - durable + 1);
      for (Entry torn : entries.subList(durable, entries.size())) {
        if (torn instanceof Chunk chunk && random.nextBoolean()) {
          chunks.remove(chunk.name());
        }
      }
      List<Entry> lost = entries.subList(kept, entries.size());
      lost.forEach(entry -> {
        if (entry instanceof Chunk chunk) {
          chunks.remove(chunk.name());
        }
      });
      lost.clear();
      durable = entries.size();
    }
  }

  private final SortedMap<String, Group> groups = new TreeMap<>();
  private final long bytesMax;
  private boolean full;

  public MemoryShelf(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  @Override
  public Put put(String group, Hash name, Bytes chunk) {
    ShelfNames.checkGroup(group);
    ShelfNames.checkChunk(chunk);
    return has(group, name) ? Put.PRESENT : add(group, new Chunk(name, chunk));
  }

  @Override
  public Put write(String group, String document, Bytes contents) {
    ShelfNames.checkGroup(group);
    ShelfNames.checkDocument(contents);
    return add(group, new Document(ShelfNames.document(document), contents));
  }

  private Put add(String group, Entry entry) {
    if (full
        || bytesUsed() + ENTRY_BYTES + entry.contents().size() > bytesMax
        || (!groups.containsKey(group) && groups.size() == GROUPS_MAX)) {
      return Put.FULL;
    }
    groups.computeIfAbsent(group, _ -> new Group()).add(entry);
    return Put.STORED;
  }

  @Override
  public boolean has(String group, Hash chunk) {
    Group held = groups.get(group);
    return held != null && held.chunks.containsKey(chunk);
  }

  @Override
  public Optional<Bytes> get(Hash chunk) {
    return groups.values().stream()
        .flatMap(group -> Optional.ofNullable(group.chunks.get(chunk)).stream())
        .findFirst();
  }

  @Override
  public Optional<Bytes> read(String group, String document) {
    return Optional.ofNullable(groups.get(group))
        .flatMap(held -> Optional.ofNullable(held.documents.get(ShelfNames.document(document))));
  }

  @Override
  public SortedSet<String> groups() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(groups.keySet()));
  }

  @Override
  public boolean drop(String group) {
    return groups.remove(group) != null;
  }

  @Override
  public long bytesUsed() {
    return groups.values().stream().mapToLong(Group::bytes).sum();
  }

  @Override
  public long bytesMax() {
    return bytesMax;
  }

  /// From now on the disk has no room, or has it again.
  public void fill(boolean full) {
    this.full = full;
  }

  public void crash(SplittableRandom random) {
    Iterator<Group> each = groups.values().iterator();
    while (each.hasNext()) {
      Group group = each.next();
      group.crash(random);
      if (group.entries.isEmpty()) {
        each.remove();
      }
    }
  }
}
