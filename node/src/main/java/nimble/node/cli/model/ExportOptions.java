package nimble.node.cli.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.node.files.ImportedModel;
import nimble.node.files.Mistake;
import nimble.node.files.Quantity;
import nimble.vm.Layer;
import nimble.vm.ModelSpec;
import nimble.vm.data.TextData;
import nimble.vm.hf.Dtype;
import nimble.vm.hf.ModelExport;
import nimble.vm.hf.StageWeights;
import nimble.vm.hf.Tokens;
import picocli.CommandLine.Option;

/// How a model folder for transformers is written.
final class ExportOptions {
  private static final long SHARD_MIN = 1 << 20;

  @Option(
      names = "--dtype",
      defaultValue = "f32",
      description = "Of the numbers: f32, f16 or bf16 (${DEFAULT-VALUE}).")
  private String dtype = "f32";

  @Option(
      names = "--shard",
      paramLabel = "BYTES",
      defaultValue = "4GiB",
      description = "A larger model becomes several files (${DEFAULT-VALUE}).")
  private String shard = "4GiB";

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description = "A model folder whose tokenizer is copied.")
  private Optional<Path> tokenizer = Optional.empty();

  /// Whether transformers has models of this kind.
  static boolean isKnown(ModelSpec model) {
    try {
      ModelExport.check(model);
      return true;
    } catch (Malformed e) {
      return false;
    }
  }

  /// Refuses what is wrong before anything is fetched.
  void check(ModelSpec model) throws Mistake {
    Dtype _ = dtype();
    long _ = shardBytes();
    try {
      ModelExport.check(model);
    } catch (Malformed e) {
      throw Mistake.of("%s; --format nimble fetches it as it is", e.reason());
    }
  }

  ModelExport of(ModelSpec model, List<StageWeights> stages) throws Mistake {
    try {
      return ModelExport.of(model, stages, dtype(), shardBytes());
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    }
  }

  private Dtype dtype() throws Mistake {
    return Dtype.OF_WEIGHTS.stream()
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(dtype))
        .findFirst()
        .orElseThrow(() -> Mistake.of("--dtype must be f32, f16 or bf16, was '%s'", dtype));
  }

  private long shardBytes() throws Mistake {
    long bytes = Quantity.bytes("--shard", shard);
    if (bytes < SHARD_MIN) {
      throw Mistake.of("--shard must be at least 1MiB, was %s", shard);
    }
    return bytes;
  }

  /// Those that came with it, if no others are named.
  Tokens tokens(ImportedModel model) throws Mistake, IOException {
    try {
      return Tokens.of(tokenizer.orElse(model.files()));
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    }
  }

  /// Those that are named, or came with the base; a model over byte values reads bytes.
  Tokens tokens(ModelSpec model, Optional<BaseFiles> base) throws Malformed, IOException {
    if (tokenizer.isPresent()) {
      return Tokens.of(tokenizer.get());
    }
    Optional<Tokens> its = base.isPresent() ? base.get().tokens() : Optional.empty();
    boolean bytes =
        model.layers().getFirst() instanceof Layer.Embedding embedding
            && embedding.vocabulary() == TextData.VOCABULARY;
    return its.orElseGet(() -> bytes ? new Tokens.OfBytes() : new Tokens.None());
  }
}
