package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import nimble.codec.Malformed;
import nimble.vm.ModelSpec;

/// Writes a model of ours as a folder of that library: `config.json`, `generation_config.json` and
/// safetensors, in several files where they are large (H6). What else belongs into the folder is
/// written beside it by [Tokens] and [ModelCard].
public final class ModelExport {
  public static final long SHARD_BYTES = 5_000_000_000L;

  private final Shape shape;
  private final Dtype dtype;
  private final long shardBytes;
  private final Map<String, Numbers> parameters = new TreeMap<>();
  private final boolean tied;

  private ModelExport(Shape shape, List<StageWeights> stages, Dtype dtype, long shardBytes) {
    this.shape = shape;
    this.dtype = dtype;
    this.shardBytes = shardBytes;
    stages.forEach(
        stage -> stage.each((tensor, numbers) -> parameters.put(tensor.name(), numbers)));
    tied = tied();
  }

  /// @param stages of the whole model, in order
  /// @throws Malformed when that library has no such model
  public static ModelExport of(
      ModelSpec spec, List<StageWeights> stages, Dtype dtype, long shardBytes) throws Malformed {
    return new ModelExport(shape(spec), stages, dtype, shardBytes);
  }

  /// Whether that library has such a model.
  public static void check(ModelSpec spec) throws Malformed {
    Shape _ = shape(spec);
  }

  static Shape shape(ModelSpec spec) throws Malformed {
    return Shape.of(spec)
        .orElseThrow(() ->
            new Malformed(
                "a model of these layers has no form in that library: only those of GPT-2's and Llama's shapes have"));
  }

  /// Bytes of all numbers.
  public long bytes() {
    return entries().stream().mapToLong(TensorEntry::bytes).sum();
  }

  /// @param folder empty
  /// @param tokens what the tokenizer says of special ids
  /// @param done told how many bytes of numbers are written
  public void write(Path folder, Tokens tokens, LongConsumer done) throws IOException {
    ObjectNode config = shape.config(tied);
    config.put("dtype", word()).put("torch_dtype", word()).put("use_cache", true);
    tokens.special().into(config);
    Files.writeString(folder.resolve(HfFiles.CONFIG), JsonObject.show(config));
    ObjectNode generation = JsonObject.create().put("_from_model_config", true);
    tokens.special().into(generation);
    Files.writeString(folder.resolve("generation_config.json"), JsonObject.show(generation));
    List<List<TensorEntry>> shards = shards(entries());
    Progress progress = new Progress(done);
    for (int i = 0; i < shards.size(); i++) {
      write(folder.resolve(name(i, shards.size())), shards.get(i), progress);
    }
    if (shards.size() > 1) {
      Files.writeString(folder.resolve(TensorFolder.INDEX), JsonObject.show(index(shards)));
    }
    tokens.write(folder);
  }

  private static final class Progress implements LongConsumer {
    private final LongConsumer done;
    private long sum;

    Progress(LongConsumer done) {
      this.done = done;
    }

    @Override
    public void accept(long more) {
      sum += more;
      done.accept(sum);
    }
  }

  private String word() {
    return switch (dtype) {
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case BOOL, U8 -> throw dtype.noWeight();
    };
  }

  /// The head still has the token embedding's weights.
  private boolean tied() {
    List<Placement> two =
        shape.placements(true).stream()
            .filter(it -> it.parameter().matches("0\\.token|\\d+\\.weight"))
            .toList();
    Numbers first = parameter(two.getFirst().parameter());
    return first.same(parameter(two.getLast().parameter()));
  }

  private Numbers parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).orElseThrow();
  }

  /// Each tensor once.
  private List<Placement> placements() {
    List<Placement> all = new ArrayList<>(shape.placements(tied));
    var seen = new TreeSet<String>();
    all.removeIf(it -> !seen.add(it.tensor()));
    return all;
  }

  private List<TensorEntry> entries() {
    return placements().stream()
        .map(it -> new TensorEntry(it.tensor(), dtype, it.shape(), 0))
        .toList();
  }

  /// As many as fit into one file each; a tensor is never cut.
  private List<List<TensorEntry>> shards(List<TensorEntry> entries) {
    List<List<TensorEntry>> shards = new ArrayList<>();
    long free = 0;
    for (TensorEntry entry : entries) {
      if (shards.isEmpty() || entry.bytes() > free) {
        shards.add(new ArrayList<>());
        free = shardBytes;
      }
      shards.getLast().add(entry);
      free -= entry.bytes();
    }
    return shards;
  }

  private static String name(int index, int count) {
    return count == 1
        ? TensorFolder.SINGLE
        : "model-%05d-of-%05d.safetensors".formatted(index + 1, count);
  }

  private static ObjectNode index(List<List<TensorEntry>> shards) {
    ObjectNode index = JsonObject.create();
    long total = shards.stream().flatMap(List::stream).mapToLong(TensorEntry::bytes).sum();
    index.putObject("metadata").put("total_size", total);
    ObjectNode map = index.putObject("weight_map");
    for (int i = 0; i < shards.size(); i++) {
      for (TensorEntry entry : shards.get(i)) {
        map.put(entry.name(), name(i, shards.size()));
      }
    }
    return index;
  }

  private void write(Path file, List<TensorEntry> shard, LongConsumer more) throws IOException {
    Map<String, Placement> sources = new TreeMap<>();
    placements().forEach(it -> sources.put(it.tensor(), it));
    SafetensorsHeader header = SafetensorsHeader.of(shard, Map.of("format", "pt"));
    try (SafetensorsWriter writer = new SafetensorsWriter(file, header, more)) {
      for (TensorEntry entry : header.tensors()) {
        writer.begin(entry);
        put(writer, Optional.ofNullable(sources.get(entry.name())).orElseThrow());
      }
      writer.finish();
    }
  }

  private void put(SafetensorsWriter writer, Placement source) throws IOException {
    if (source.isZeros()) {
      writer.putZeros(dtype, source.count());
      return;
    }
    int columns = source.columns();
    Numbers numbers = parameter(source.parameter()).slice(0, (long) source.rows() * columns);
    if (source.transposed()) {
      writer.putTransposed(dtype, numbers, source.rows(), columns);
    } else {
      writer.put(dtype, numbers);
    }
  }
}
