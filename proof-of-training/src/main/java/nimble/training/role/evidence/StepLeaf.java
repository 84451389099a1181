package nimble.training.role.evidence;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;

/// What a stage commits to about one step: a leaf of `stepsRoot` (R9).
public sealed interface StepLeaf {
  /// @param gradient hash of ĝ in its committed form
  /// @param norms that all stages announced
  /// @param factorBits what the gradient was multiplied with, bits of fp32; not a number when the
  ///   step changed nothing
  /// @param losses on the last stage
  record Trained(Hash gradient, Norms norms, int factorBits, Optional<Hash> losses)
      implements StepLeaf {}

  /// A step without gradient.
  record Validated(Optional<Hash> losses) implements StepLeaf {}

  /// Of the last stage's micro-batches.
  Optional<Hash> losses();

  default Bytes encode() {
    return Writer.encode(this::write);
  }

  default void write(Writer writer) {
    switch (this) {
      case Trained(var gradient, var norms, int factorBits, var losses) -> {
        gradient.write(writer.u8(1));
        norms.write(writer);
        writer.u32(factorBits & 0xffff_ffffL).optional(losses, Hash::write);
      }
      case Validated(var losses) -> writer.u8(2).optional(losses, Hash::write);
    }
  }

  static StepLeaf read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 ->
          new Trained(
              Hash.read(reader),
              Norms.read(reader),
              (int) reader.u32(),
              reader.optional(Hash::read));
      case 2 -> new Validated(reader.optional(Hash::read));
      default -> throw new Malformed("unknown step %d".formatted(tag));
    };
  }

  /// The hash of a step's losses: bits of fp32, one per micro-batch.
  static Hash losses(List<Integer> lossBits) {
    return Hashing.of(
        "losses",
        Writer.encode(writer -> lossBits.forEach(bits -> writer.u32(bits & 0xffff_ffffL))));
  }
}
