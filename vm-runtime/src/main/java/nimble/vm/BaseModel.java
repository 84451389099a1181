package nimble.vm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.types.Hash;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.PlainTensor;
import nimble.vm.tensor.Storage;

/// Weights to begin with, by content: the model, and the blobs that hold its tensors (L4). A
/// layer's tensors lie one behind the other in the order of the [Layout], little-endian in rows,
/// each layer cut by itself into parts of [#PART_BYTES]; so a stage needs the parts of its layers
/// only.
///
/// @param name for people: where it comes from
/// @param model without adapters
/// @param storage of all numbers: fp32 or bf16
/// @param parts ids of blobs, layer by layer
/// @param files what else belongs to it, such as a tokenizer, by name; ids of blobs
public record BaseModel(
    String name,
    ModelSpec model,
    Storage storage,
    List<Hash> parts,
    SortedMap<String, Hash> files) {
  public static final int PART_BYTES = 1 << 24;
  public static final int NAME_MAX = 128;
  public static final int FILES_MAX = 16;
  public static final int PARTS_MAX = 1 << 16;

  /// Of the record's own encoding.
  public static final int BYTES_MAX = 4 << 20;

  private static final int VERSION = 1;
  private static final int RUN = 1 << 16;

  /// Where a model's numbers come from.
  @FunctionalInterface
  public interface Weights {
    /// Fills the weights of one layer, in the order of its [Layout]. Asked for layer by layer.
    void fill(StageSpec layer, Floats weights);
  }

  public BaseModel {
    parts = List.copyOf(parts);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    Problems.none(problems(name, model, storage, parts, files));
  }

  /// Cuts a model's numbers into parts.
  ///
  /// @param part gets each part, whole, as it is made
  public static BaseModel pack(
      String name,
      ModelSpec model,
      Storage storage,
      SortedMap<String, Hash> files,
      Weights weights,
      Consumer<Blob> part) {
    List<Hash> parts = new ArrayList<>();
    for (int i = 0; i < model.layers().size(); i++) {
      StageSpec layer = new StageSpec(model, i, i + 1, 1);
      try (Floats numbers = Floats.zeros(Layout.of(layer).count())) {
        weights.fill(layer, numbers);
        for (int at = 0; at < numbers.count(); at += PART_BYTES / storage.bytes()) {
          int length = Math.min(PART_BYTES / storage.bytes(), numbers.count() - at);
          Blob blob = Blob.of(bytes(numbers, at, length, storage));
          parts.add(blob.id());
          part.accept(blob);
        }
      }
    }
    return new BaseModel(name, model, storage, parts, files);
  }

  private static Bytes bytes(Floats numbers, int at, int length, Storage storage) {
    try (PlainTensor tensor = new PlainTensor(length, storage)) {
      float[] run = new float[RUN];
      for (int done = 0; done < length; done += RUN) {
        int some = Math.min(RUN, length - done);
        numbers.get(at + done, run, some);
        tensor.put(run, some);
      }
      return Bytes.copyOf(tensor.view());
    }
  }

  /// The parts that a stage of this model needs, in order.
  public List<Hash> parts(StageSpec stage) {
    int from = parts(0, stage.firstLayer());
    return parts.subList(from, from + parts(stage.firstLayer(), stage.endLayer()));
  }

  /// Bytes of each of the stage's parts, in order.
  public List<Integer> partBytes(StageSpec stage) {
    List<Integer> sizes = new ArrayList<>();
    for (int layer = stage.firstLayer(); layer < stage.endLayer(); layer++) {
      long left = bytes(model.layers().get(layer), storage);
      for (; left > 0; left -= PART_BYTES) {
        sizes.add((int) Math.min(PART_BYTES, left));
      }
    }
    return sizes;
  }

  /// Whether stages of `other` can be made from this: they have the same layers.
  public boolean fits(ModelSpec other) {
    return model.layers().equals(other.layers());
  }

  private int parts(int firstLayer, int endLayer) {
    return parts(model.layers().subList(firstLayer, endLayer), storage);
  }

  private static int parts(List<Layer> layers, Storage storage) {
    long all = 0;
    for (Layer layer : layers) {
      all += Math.ceilDiv(bytes(layer, storage), (long) PART_BYTES);
    }
    return (int) Math.min(Integer.MAX_VALUE, all);
  }

  private static long bytes(Layer layer, Storage storage) {
    return storage.bytes() * Metering.parameters(layer);
  }

  private static List<Problem> problems(
      String name,
      ModelSpec model,
      Storage storage,
      List<Hash> parts,
      SortedMap<String, Hash> files) {
    Problems problems = new Problems();
    problems.range("base.name", name.getBytes(StandardCharsets.UTF_8).length, 0, NAME_MAX);
    problems.that(model.lora().isEmpty(), "base.model", "adapters", "a model by itself");
    problems.range("base.files", files.size(), 0, FILES_MAX);
    for (String file : files.keySet()) {
      problems.range("base.files", file.getBytes(StandardCharsets.UTF_8).length, 1, NAME_MAX);
    }
    if (problems.that(storage != Storage.NF4, "base.storage", storage, "fp32 or bf16")) {
      int expected = parts(model.layers(), storage);
      problems.range("base.parts", parts.size(), expected, expected);
      problems.range("base.parts", parts.size(), 1, PARTS_MAX);
    }
    return problems.list();
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public static BaseModel decode(Bytes bytes) throws Malformed {
    return Reader.decode(bytes, BaseModel::read);
  }

  public void write(Writer writer) {
    writer.u8(VERSION).string(name, NAME_MAX);
    model.write(writer);
    writer.u8(storage.tag()).list(parts, PARTS_MAX, Hash::write);
    writer.list(
        files.entrySet(),
        FILES_MAX,
        (file, to) -> file.getValue().write(to.string(file.getKey(), NAME_MAX)));
  }

  public static BaseModel read(Reader reader) throws Malformed {
    reader.version(VERSION);
    String name = reader.string(NAME_MAX);
    ModelSpec model = ModelSpec.read(reader);
    Storage storage = Storage.read(reader);
    List<Hash> parts = reader.list(PARTS_MAX, Hash::read);
    SortedMap<String, Hash> files = new TreeMap<>();
    String before = "";
    int count = reader.length(FILES_MAX);
    for (int i = 0; i < count; i++) {
      String file = reader.string(NAME_MAX);
      if (file.compareTo(before) <= 0) {
        throw new Malformed("files out of order");
      }
      files.put(file, Hash.read(reader));
      before = file;
    }
    Problems.refuse(problems(name, model, storage, parts, files));
    return new BaseModel(name, model, storage, parts, files);
  }
}
