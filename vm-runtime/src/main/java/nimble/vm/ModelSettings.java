package nimble.vm;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problems;

/// What a training chooses of a [ModelSpec] beside its layers: small enough to be kept for good.
///
/// @param context positions a row has
/// @param precision of the matrix products
/// @param dropout the share of numbers that training leaves out
/// @param lora the adapters that are trained, if not the layers' weights
public record ModelSettings(int context, Precision precision, float dropout, Optional<Lora> lora) {
  public void write(Writer writer) {
    writer.u16(context).u8(precision.tag);
    Fp32Field.write(dropout, writer);
    writer.optional(lora, Lora::write);
  }

  public static ModelSettings read(Reader reader) throws Malformed {
    int context = reader.u16();
    Problems problems = new Problems();
    problems.range("model.context", context, 1, ModelSpec.CONTEXT_MAX);
    Problems.refuse(problems.list());
    Precision precision = Precision.read(reader);
    float dropout = Fp32Field.read(reader);
    Problems.refuse(ModelSpec.problems(dropout));
    return new ModelSettings(context, precision, dropout, reader.optional(Lora::read));
  }
}
