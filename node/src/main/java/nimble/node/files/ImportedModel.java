package nimble.node.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.vm.BaseModel;
import nimble.vm.StageSpec;
import nimble.vm.hf.Dtype;
import nimble.vm.hf.ModelFolder;
import nimble.vm.hf.StageWeights;
import nimble.vm.hf.Tokens;
import nimble.vm.tensor.Storage;

/// A model that somebody has imported, in a folder of its own: `model.base` says what it is
/// ([BaseModel]), `weights` holds all of its parts one behind the other, `files` what else belongs
/// to it, such as its tokenizer.
public record ImportedModel(Path folder, BaseModel base) {
  /// What a tokenizer's file is called, here and in the folders of others.
  public static final String TOKENIZER = "tokenizer.json";

  private static final String BASE = "model.base";
  private static final String WEIGHTS = "weights";
  private static final String FILES = "files";
  private static final int FILE_MAX = Tokens.FILE_BYTES_MAX;

  /// Whether a folder is one of these, and not what was imported.
  public static boolean isAt(Path folder) {
    return Files.exists(folder.resolve(BASE));
  }

  public static ImportedModel open(Path folder) throws Mistake, IOException {
    Path file = folder.resolve(BASE);
    try {
      return new ImportedModel(
          folder, BaseModel.decode(SafeFile.readBytes(file, BaseModel.BYTES_MAX)));
    } catch (Malformed e) {
      throw Mistake.in(file.toString(), e);
    }
  }

  /// Writes a model folder in the form of ours.
  ///
  /// @param into empty
  /// @param done told how many bytes of weights are written
  public static ImportedModel create(
      Path into, String name, ModelFolder model, Storage storage, LongConsumer done)
      throws Mistake, IOException {
    SortedMap<String, Hash> files = new TreeMap<>();
    Files.createDirectory(into.resolve(FILES));
    for (Path file : model.companions()) {
      Bytes bytes = SafeFile.readBytes(file, FILE_MAX);
      String called = String.valueOf(file.getFileName());
      SafeFile.create(into.resolve(FILES).resolve(called), bytes);
      files.put(called, Blob.of(bytes).id());
    }
    try (FileChannel weights =
        FileChannel.open(
            into.resolve(WEIGHTS), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      BaseModel base =
          BaseModel.pack(
              name, model.spec(), storage, files, model::load, part -> append(weights, part, done));
      weights.force(true);
      SafeFile.create(into.resolve(BASE), base.encode());
      return new ImportedModel(into, base);
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void append(FileChannel to, Blob part, LongConsumer done) {
    try {
      for (Bytes chunk : part.chunks()) {
        ByteBuffer left = chunk.asBuffer();
        while (left.hasRemaining()) {
          to.write(left);
        }
      }
      done.accept(to.position());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a job names it by: its description, as a blob.
  public Blob blob() {
    return Blob.of(base.encode());
  }

  /// Bytes of all weights.
  public long bytes() {
    return base.partBytes(base.model().whole(1)).stream().mapToLong(Integer::longValue).sum();
  }

  /// All parts in order, for whoever sends them on.
  public void parts(PartConsumer each) throws Mistake, IOException {
    List<Integer> sizes = base.partBytes(base.model().whole(1));
    try (FileChannel weights = open()) {
      long at = 0;
      for (int i = 0; i < sizes.size(); i++) {
        each.take(base.parts().get(i), read(weights, at, sizes.get(i)));
        at += sizes.get(i);
      }
    }
  }

  /// Gets the parts of a model.
  @FunctionalInterface
  public interface PartConsumer {
    /// @param id of the part's blob, as the model's description has it
    void take(Hash id, Bytes part) throws Mistake, IOException;
  }

  private FileChannel open() throws Mistake, IOException {
    FileChannel weights = FileChannel.open(folder.resolve(WEIGHTS), StandardOpenOption.READ);
    if (weights.size() != bytes()) {
      weights.close();
      throw Mistake.of(
          "%s has %d bytes, must have %d: import the model again",
          folder.resolve(WEIGHTS), Files.size(folder.resolve(WEIGHTS)), bytes());
    }
    return weights;
  }

  private static Bytes read(FileChannel from, long at, int size) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(size);
    while (into.hasRemaining()) {
      if (from.read(into, at + into.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return Bytes.wrap(into.array());
  }

  /// Reads everything and holds it against its names.
  ///
  /// @param done told how many bytes of weights are read
  public void verify(LongConsumer done) throws Mistake, IOException {
    Progress progress = new Progress(done);
    parts((id, part) -> {
      check(WEIGHTS, id, part);
      progress.add(part.size());
    });
    for (Map.Entry<String, Hash> file : base.files().entrySet()) {
      check(file.getKey(), file.getValue(), file(file.getKey()));
    }
  }

  private static final class Progress {
    private final LongConsumer done;
    private long sum;

    Progress(LongConsumer done) {
      this.done = done;
    }

    void add(long more) {
      sum += more;
      done.accept(sum);
    }
  }

  private void check(String file, Hash id, Bytes bytes) throws Mistake {
    Hash found = Blob.of(bytes).id();
    if (!found.equals(id)) {
      throw Mistake.of(
          "%s: %s is damaged: a part is %s, must be %s; import the model again",
          folder, file, found, id);
    }
  }

  /// A file that belongs to it, such as `tokenizer.json`.
  public Bytes file(String name) throws Mistake, IOException {
    return SafeFile.readBytes(files().resolve(name), FILE_MAX);
  }

  /// The folder of its tokenizer, if it came with one.
  public Optional<Path> tokenizer() {
    return base.files().containsKey(TOKENIZER) ? Optional.of(files()) : Optional.empty();
  }

  /// The folder in which these lie.
  public Path files() {
    return folder.resolve(FILES);
  }

  /// Its weights, mapped, layer by layer.
  ///
  /// @param arena of the mapping
  public List<StageWeights> weights(Arena arena) throws Mistake, IOException {
    List<StageWeights> layers = new ArrayList<>();
    try (FileChannel file = open()) {
      MemorySegment all = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena);
      Dtype dtype = base.storage() == Storage.BF16 ? Dtype.BF16 : Dtype.F32;
      long at = 0;
      for (int i = 0; i < base.model().layers().size(); i++) {
        StageSpec layer = new StageSpec(base.model(), i, i + 1, 1);
        long size = base.partBytes(layer).stream().mapToLong(Integer::longValue).sum();
        layers.add(new StageWeights(layer, dtype, all.asSlice(at, size)));
        at += size;
      }
    }
    return layers;
  }
}
