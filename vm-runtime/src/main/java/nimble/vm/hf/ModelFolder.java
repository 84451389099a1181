package nimble.vm.hf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import nimble.codec.Malformed;
import nimble.spec.Problem;
import nimble.vm.Layout;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.ParameterTensor;

/// A model folder in that library's form, opened: its spec, and its weights stage by stage (H5).
/// The files must stay as they are while it is open.
public final class ModelFolder implements AutoCloseable {
  /// Names of small files that belong to a model.
  public static final List<String> COMPANIONS =
      Stream.concat(Tokens.FILES.stream(), Stream.of(HfFiles.CONFIG, HfFiles.GENERATION_CONFIG))
          .toList();

  /// What older versions of the library saved beside the weights.
  private static final String NO_WEIGHT =
      ".*(\\.attn\\.(bias|masked_bias)|\\.rotary_emb\\.inv_freq)";

  private static final String PREFIX = "transformer.";

  private final Path folder;
  private final Family family;
  private final Shape shape;
  private final boolean tied;
  private final TensorFolder tensors;
  private final SortedMap<String, Placement> placements = new TreeMap<>();

  private ModelFolder(Path folder, Family family, Shape shape, boolean tied, TensorFolder tensors) {
    this.folder = folder;
    this.family = family;
    this.shape = shape;
    this.tied = tied;
    this.tensors = tensors;
    shape.placements(tied).forEach(it -> placements.put(it.parameter(), it));
  }

  /// @param context positions that our model gets; empty for as many as theirs was made for, within
  ///   our bounds
  public static ModelFolder open(Path folder, Optional<Integer> context)
      throws Malformed, IOException {
    if (!Files.isDirectory(folder)) {
      throw new Malformed("%s is no folder".formatted(folder));
    }
    if (Files.exists(folder.resolve(AdapterNames.CONFIG))) {
      throw new Malformed(
          "%s holds an adapter, not a model: give the folder of its base model".formatted(folder));
    }
    JsonObject config =
        JsonObject.parse(
            HfFiles.CONFIG, HfFiles.read(folder.resolve(HfFiles.CONFIG), HfFiles.CONFIG_BYTES_MAX));
    Family family = Family.of(config);
    Shape shape = family.shape(config, context);
    refuse(shape);
    TensorFolder tensors = TensorFolder.open(folder);
    try {
      boolean tied = family.tied(config) && tensors.tensor(Shape.HEAD).isEmpty();
      ModelFolder opened = new ModelFolder(folder, family, shape, tied, tensors);
      opened.check();
      return opened;
    } catch (Malformed | RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  /// What the bounds of [ModelSpec] say of it.
  static void refuse(Shape shape) throws Malformed {
    List<Problem> problems = shape.problems();
    if (!problems.isEmpty()) {
      throw new Malformed("%s: %s".formatted(HfFiles.CONFIG, problems.getFirst()));
    }
  }

  public ModelSpec spec() {
    return shape.spec();
  }

  /// Such as `GPT2LMHeadModel`.
  public String architecture() {
    return family.architecture();
  }

  /// The head has the token embedding's weights; ours gets a copy.
  public boolean tied() {
    return tied;
  }

  public Path folder() {
    return folder;
  }

  /// What else belongs to it: its `config.json` and its tokenizer's files.
  public List<Path> companions() {
    return COMPANIONS.stream().map(folder::resolve).filter(Files::isRegularFile).toList();
  }

  /// Every number is BF16 in the folder, so that keeping them so loses nothing.
  public boolean isNarrow() {
    return weights().allMatch(it -> it.dtype() == Dtype.BF16);
  }

  /// Bytes of all its weights.
  public long bytes() {
    return weights().mapToLong(TensorEntry::bytes).sum();
  }

  private Stream<TensorEntry> weights() {
    return tensors.tensors().stream()
        .map(TensorFolder.Tensor::entry)
        .filter(it -> !it.name().matches(NO_WEIGHT));
  }

  /// Fills a stage's weights, in the order of its [Layout].
  ///
  /// @param stage of [#spec]
  public void load(StageSpec stage, Floats weights) {
    for (ParameterTensor parameter : Layout.of(stage).tensors()) {
      long at = (long) parameter.offset() * Float.BYTES;
      long bytes = (long) parameter.count() * Float.BYTES;
      copy(parameter, weights.segment().asSlice(at, bytes));
    }
  }

  /// All numbers of a parameter, little-endian fp32, to where they are wanted.
  void copy(ParameterTensor parameter, MemorySegment target) {
    Placement placement = Objects.requireNonNull(placements.get(parameter.name()));
    Numbers source = find(placement.tensor()).orElseThrow().numbers();
    if (placement.transposed()) {
      source.transposeTo(/* rows= */ placement.columns(), /* columns= */ placement.rows(), target);
    } else {
      source.slice(0, parameter.count()).copyTo(target);
    }
  }

  /// Every tensor is there with its shape, and nothing else is.
  private void check() throws Malformed {
    Set<String> known = new TreeSet<>();
    for (Placement placement : shape.placements(tied)) {
      TensorFolder.Tensor tensor =
          find(placement.tensor())
              .orElseThrow(() ->
                  new Malformed(
                      "%s: %s is missing, which %s has"
                          .formatted(folder, placement.tensor(), family.architecture())));
      if (!Dtype.OF_WEIGHTS.contains(tensor.entry().dtype())) {
        throw Dtype.unread(folder + ": " + placement.tensor(), tensor.entry().dtype().name());
      }
      if (!tensor.entry().shape().equals(placement.shape())) {
        throw new Malformed(
            "%s: %s must be of shape %s, as %s says, was %s"
                .formatted(
                    folder,
                    placement.tensor(),
                    placement.shape(),
                    HfFiles.CONFIG,
                    tensor.entry().shape()));
      }
      known.add(tensor.entry().name());
    }
    Optional<TensorEntry> unknown = weights().filter(it -> !known.contains(it.name())).findFirst();
    if (unknown.isPresent()) {
      throw new Malformed(
          "%s: %s is no part of %s as it is known here"
              .formatted(folder, unknown.get().name(), family.architecture()));
    }
  }

  /// GPT-2's own files leave the first part of the names out.
  private Optional<TensorFolder.Tensor> find(String name) {
    Optional<TensorFolder.Tensor> found = tensors.tensor(name);
    return found.isEmpty() && name.startsWith(PREFIX)
        ? tensors.tensor(name.substring(PREFIX.length()))
        : found;
  }

  @Override
  public void close() {
    tensors.close();
  }
}
