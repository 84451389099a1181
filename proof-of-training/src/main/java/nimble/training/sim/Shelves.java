package nimble.training.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What each actor's node keeps, by group: blobs, and one document.
final class Shelves {
  private final SortedMap<PublicKey, SortedMap<String, Group>> shelves = new TreeMap<>();

  private static final class Group {
    final SortedMap<Hash, Bytes> blobs = new TreeMap<>();
    Optional<Bytes> document = Optional.empty();
  }

  void put(PublicKey self, String group, Hash manifest, List<Bytes> chunks) {
    group(self, group).blobs.put(manifest, Bytes.concat(chunks.toArray(Bytes[]::new)));
  }

  void write(PublicKey self, String group, Bytes document) {
    group(self, group).document = Optional.of(document);
  }

  Optional<Bytes> document(PublicKey self, String group) {
    return Optional.ofNullable(shelf(self).get(group)).flatMap(it -> it.document);
  }

  void drop(PublicKey self, String group) {
    shelf(self).remove(group);
  }

  /// What an earlier process left.
  SortedMap<String, Optional<Bytes>> found(PublicKey self) {
    SortedMap<String, Optional<Bytes>> groups = new TreeMap<>();
    shelf(self).forEach((name, group) -> groups.put(name, group.document));
    return groups;
  }

  /// From the own shelf, or that of anybody who hands it out (Y2); then it is in the group too.
  Optional<Bytes> gather(
      PublicKey self, String group, Hash manifest, Predicate<PublicKey> handsOut) {
    List<PublicKey> asked = new ArrayList<>(List.of(self));
    shelves.keySet().stream().filter(handsOut).forEach(asked::add);
    Optional<Bytes> found =
        asked.stream()
            .flatMap(key -> shelf(key).values().stream())
            .flatMap(kept -> Optional.ofNullable(kept.blobs.get(manifest)).stream())
            .findFirst();
    found.ifPresent(blob -> put(self, group, manifest, List.of(blob)));
    return found;
  }

  private Group group(PublicKey self, String name) {
    return shelf(self).computeIfAbsent(name, _ -> new Group());
  }

  private SortedMap<String, Group> shelf(PublicKey key) {
    return shelves.computeIfAbsent(key, _ -> new TreeMap<>());
  }
}
