package nimble.training;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.types.JobId;

/// Where a published model comes from (S1).
public sealed interface Origin {
  /// What a job made.
  record Trained(JobId job) implements Origin {}

  /// What its owner brought.
  ///
  /// @param model hash of the [nimble.training.spec.BroughtModel], which state has
  record Brought(Hash model) implements Origin {}

  /// The job that made it; empty when none did.
  default Optional<JobId> trainer() {
    return switch (this) {
      case Trained(JobId job) -> Optional.of(job);
      case Brought _ -> Optional.empty();
    };
  }

  default void write(Writer writer) {
    switch (this) {
      case Trained(JobId job) -> job.write(writer.u8(0));
      case Brought(Hash model) -> model.write(writer.u8(1));
    }
  }

  static Origin read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 0 -> new Trained(JobId.read(reader));
      case 1 -> new Brought(Hash.read(reader));
      default -> throw new Malformed("origin %d".formatted(tag));
    };
  }
}
