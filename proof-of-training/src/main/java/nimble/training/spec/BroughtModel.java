package nimble.training.spec;

import java.util.List;
import nimble.chain.ModelSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.types.Hash;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;

/// A model that no job of this chain has trained, as the chain has to know it (S13).
///
/// @param model without adapters, that goes on with text
/// @param base its weights, by content
/// @param cuts into the stages in which it is served
public record BroughtModel(ModelSpec model, BaseSpec base, Cuts cuts) {
  private static final int VERSION = 1;

  public BroughtModel {
    Problems.none(problems(model, cuts));
  }

  /// What is wrong with the parts together; each part has been checked by itself.
  public static List<Problem> problems(ModelSpec model, Cuts cuts) {
    Problems problems = new Problems();
    problems.that(
        model.generates(), "model.layers", "no language model", "one that goes on with tokens");
    problems.that(model.lora().isEmpty(), "model.lora", "adapters", "a model by itself");
    problems.addAll(cuts.problems(model, 1));
    return problems.list();
  }

  /// What its own size adds to [#problems].
  public List<Problem> sizeProblems() {
    int size = encode().size();
    Problems problems = new Problems();
    problems.that(
        size <= ModelSource.Brought.DESCRIPTION_MAX,
        "model",
        "%d bytes as a description".formatted(size),
        "at most %d bytes".formatted(ModelSource.Brought.DESCRIPTION_MAX));
    return problems.list();
  }

  public Hash hash() {
    return Hashing.of("brought-model", encode());
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public static BroughtModel decode(Bytes bytes) throws Malformed {
    return Reader.decode(bytes, BroughtModel::read);
  }

  public void write(Writer writer) {
    model.write(writer.u8(VERSION));
    base.write(writer);
    cuts.write(writer);
  }

  public static BroughtModel read(Reader reader) throws Malformed {
    reader.version(VERSION);
    ModelSpec model = ModelSpec.read(reader);
    BaseSpec base = BaseSpec.read(reader);
    Cuts cuts = Cuts.read(reader);
    Problems.refuse(problems(model, cuts));
    return new BroughtModel(model, base, cuts);
  }
}
