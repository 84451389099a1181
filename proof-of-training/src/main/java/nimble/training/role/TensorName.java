package nimble.training.role;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// What a tensor between two nodes is. A name stands for one content only, so a resend is harmless
/// (R4).
public sealed interface TensorName permits StepTensor, DecodeTensor, EvidenceName {
  JobId job();

  void write(Writer writer);

  static TensorName read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case StepTensor.TAG -> StepTensor.readFields(reader);
      case DecodeTensor.TAG -> DecodeTensor.readFields(reader);
      case EvidenceName.TAG -> EvidenceName.readFields(reader);
      default -> throw new Malformed("unknown tensor 0x%02x".formatted(tag));
    };
  }
}
