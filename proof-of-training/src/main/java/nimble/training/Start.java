package nimble.training;

import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.vm.Cuts;

/// The state that a job begins with when it goes on from another's checkpoint (J42): of each stage
/// in order.
public record Start(List<Part> stages) {
  /// @param manifest under which it can be fetched
  public record Part(Hash stateRoot, Hash manifest) {
    private void write(Writer writer) {
      stateRoot.write(writer);
      manifest.write(writer);
    }

    private static Part read(Reader reader) throws Malformed {
      return new Part(Hash.read(reader), Hash.read(reader));
    }
  }

  public Start {
    stages = List.copyOf(stages);
  }

  /// Of a point that all stages have recorded.
  static Start of(ResumePoint point) {
    return new Start(
        point.stages().stream()
            .map(part -> new Part(part.stateRoot(), part.manifest().orElseThrow()))
            .toList());
  }

  void write(Writer writer) {
    writer.list(stages, Cuts.STAGES_MAX, Part::write);
  }

  static Start read(Reader reader) throws Malformed {
    return new Start(reader.list(Cuts.STAGES_MAX, Part::read));
  }
}
