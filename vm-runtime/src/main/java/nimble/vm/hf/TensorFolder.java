package nimble.vm.hf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// The tensors of a model folder: one safetensors file, or several with an index (H3); where both
/// lie, the one file, as transformers takes it. Pickles are refused (H4).
final class TensorFolder implements AutoCloseable {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";
  static final int SHARDS_MAX = 1_024;

  private static final int INDEX_BYTES_MAX = 16 << 20;
  private static final String SHARD = "[A-Za-z0-9][A-Za-z0-9._-]{0,200}\\.safetensors";
  private static final String PICKLE = ".*\\.(bin|pt|pth|ckpt|pkl|pickle)";

  private final List<SafetensorsFile> files = new ArrayList<>();
  private final SortedMap<String, Tensor> tensors = new TreeMap<>();

  /// A tensor of one of the files.
  record Tensor(TensorEntry entry, Numbers numbers) {}

  private TensorFolder() {}

  static TensorFolder open(Path folder) throws Malformed, IOException {
    TensorFolder opened = new TensorFolder();
    try {
      if (Files.isRegularFile(folder.resolve(SINGLE))) {
        opened.add(folder.resolve(SINGLE));
      } else if (Files.isRegularFile(folder.resolve(INDEX))) {
        opened.addShards(folder);
      } else {
        throw nothing(folder);
      }
      return opened;
    } catch (IOException | Malformed | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /// One file, whatever its name.
  static TensorFolder ofFile(Path file) throws Malformed, IOException {
    TensorFolder opened = new TensorFolder();
    opened.add(file);
    return opened;
  }

  /// In the order of their names.
  Collection<Tensor> tensors() {
    return Collections.unmodifiableCollection(tensors.values());
  }

  Optional<Tensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }

  private void addShards(Path folder) throws Malformed, IOException {
    SortedMap<String, String> map = index(HfFiles.read(folder.resolve(INDEX), INDEX_BYTES_MAX));
    for (String shard : new TreeSet<>(map.values())) {
      for (TensorEntry entry : add(folder.resolve(shard))) {
        if (!shard.equals(map.get(entry.name()))) {
          throw new Malformed(
              "%s holds %s, which %s does not say".formatted(shard, entry.name(), INDEX));
        }
      }
    }
    for (Map.Entry<String, String> promised : map.entrySet()) {
      if (!tensors.containsKey(promised.getKey())) {
        throw new Malformed(
            "%s: %s is not in %s".formatted(INDEX, promised.getKey(), promised.getValue()));
      }
    }
  }

  /// Which tensor is in which file.
  static SortedMap<String, String> index(Bytes text) throws Malformed {
    JsonObject places = JsonObject.parse(INDEX, text).object("weight_map");
    SortedMap<String, String> map = new TreeMap<>();
    for (Map.Entry<String, String> place : places.allTexts()) {
      if (!place.getValue().matches(SHARD)) {
        throw places.wrong(place.getKey(), "the name of a safetensors file in this folder");
      }
      map.put(place.getKey(), place.getValue());
    }
    long shards = map.values().stream().distinct().count();
    if (shards < 1 || shards > SHARDS_MAX) {
      throw new Malformed(
          "%s: %d files, 1 to %d are possible".formatted(INDEX, shards, SHARDS_MAX));
    }
    return map;
  }

  private List<TensorEntry> add(Path path) throws Malformed, IOException {
    SafetensorsFile file = SafetensorsFile.open(path);
    files.add(file);
    for (TensorEntry entry : file.header().tensors()) {
      if (tensors.put(entry.name(), new Tensor(entry, file.numbers(entry))) != null) {
        throw new Malformed("%s: %s is in two files".formatted(path, entry.name()));
      }
    }
    return file.header().tensors();
  }

  private static Malformed nothing(Path folder) throws IOException {
    Optional<String> pickle;
    try (Stream<Path> names = Files.list(folder)) {
      pickle =
          names
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> name.matches(PICKLE))
              .sorted()
              .findFirst();
    }
    return new Malformed(
        pickle
            .map(name ->
                "%s holds its weights as a pickle (%s), which can run code when it is read, and is never read here: save the model again with model.save_pretrained(DIR, safe_serialization=True)"
                    .formatted(folder, name))
            .orElse("%s holds neither %s nor %s".formatted(folder, SINGLE, INDEX)));
  }
}
