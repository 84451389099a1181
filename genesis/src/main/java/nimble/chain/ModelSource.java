package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// What a published model is made of.
public sealed interface ModelSource {
  /// What a job has trained.
  record Trained(JobId job) implements ModelSource {
    @Override
    public void write(Writer writer) {
      job.write(writer.u8(0));
    }
  }

  /// Weights that its owner brings. `description` is their canonical one, cuts included; the
  /// training rules decode it.
  record Brought(Bytes description) implements ModelSource {
    public static final int DESCRIPTION_MAX = 16 * 1024;

    public Brought {
      Invariant.check(
          description.size() <= DESCRIPTION_MAX, "description of %d bytes", description.size());
    }

    @Override
    public void write(Writer writer) {
      writer.u8(1).bytes(description, DESCRIPTION_MAX);
    }
  }

  void write(Writer writer);

  static ModelSource read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 0 -> new Trained(JobId.read(reader));
      case 1 -> new Brought(reader.bytes(Brought.DESCRIPTION_MAX));
      default -> throw new Malformed("source %d".formatted(tag));
    };
  }
}
