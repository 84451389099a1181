package nimble.training.role.miner;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;

/// A node's shelf as a miner sees it: survives its processes.
final class TestShelf {
  final SortedMap<String, SortedMap<Hash, Bytes>> groups = new TreeMap<>();
  final SortedMap<String, Bytes> documents = new TreeMap<>();
  boolean full;

  boolean keep(String group, Manifest manifest, List<Bytes> chunks) {
    if (full) {
      return false;
    }
    Map<Hash, Bytes> into = groups.computeIfAbsent(group, _ -> new TreeMap<>());
    chunks.forEach(chunk -> into.put(Manifest.chunkHash(chunk), chunk));
    into.put(manifest.id(), manifest.encode());
    return true;
  }

  boolean write(String group, Bytes contents) {
    if (full) {
      return false;
    }
    groups.computeIfAbsent(group, _ -> new TreeMap<>());
    documents.put(group, contents);
    return true;
  }

  void drop(String group) {
    groups.remove(group);
    documents.remove(group);
  }

  MinerInput found() {
    SortedMap<String, Optional<Bytes>> all = new TreeMap<>();
    groups.keySet().forEach(group -> all.put(group, Optional.ofNullable(documents.get(group))));
    return new MinerInput.EvidenceFound(all);
  }

  Optional<Bytes> chunk(Hash name) {
    return groups.values().stream()
        .flatMap(group -> Optional.ofNullable(group.get(name)).stream())
        .findFirst();
  }

  Optional<Bytes> blob(Hash manifest) {
    return chunk(manifest)
        .map(bytes -> {
          try {
            return Bytes.concat(
                Manifest.decode(bytes).chunks().stream()
                    .map(name -> chunk(name).orElseThrow())
                    .toArray(Bytes[]::new));
          } catch (Malformed e) {
            throw new AssertionError(e);
          }
        });
  }

  void copy(String group, Hash manifest, List<TestShelf> from) {
    Bytes encoded =
        from.stream().flatMap(it -> it.chunk(manifest).stream()).findFirst().orElseThrow();
    try {
      Manifest read = Manifest.decode(encoded);
      List<Bytes> chunks =
          read.chunks().stream()
              .map(name ->
                  from.stream().flatMap(it -> it.chunk(name).stream()).findFirst().orElseThrow())
              .toList();
      keep(group, read, chunks);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}
