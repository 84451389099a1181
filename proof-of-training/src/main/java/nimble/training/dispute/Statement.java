package nimble.training.dispute;

import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.TrainingSpec;

/// What the miner says of the step (G1), as roots of tensors.
///
/// @param gradient of the step, as the codec gives it back; zero in validation
/// @param traces root of each micro-batch's trace
public record Statement(List<Exact> exact, Hash gradient, List<Hash> traces) {
  /// Of one micro-batch.
  ///
  /// @param given root over the roots of what it was given
  /// @param output that was committed to
  /// @param inputGradient that was committed to; zero where there is none
  public record Exact(Hash given, Hash output, Hash inputGradient) {
    void write(Writer writer) {
      given.write(writer);
      output.write(writer);
      inputGradient.write(writer);
    }

    static Exact read(Reader reader) throws Malformed {
      return new Exact(Hash.read(reader), Hash.read(reader), Hash.read(reader));
    }
  }

  public Statement {
    exact = List.copyOf(exact);
    traces = List.copyOf(traces);
  }

  /// Over all that is exact (G2).
  public Hash subject() {
    return Hashing.of(
        "dispute",
        Writer.encode(writer -> {
          writer.list(exact, TrainingSpec.MICRO_BATCHES_MAX, Exact::write);
          gradient.write(writer);
        }));
  }

  void write(Writer writer) {
    writer.list(exact, TrainingSpec.MICRO_BATCHES_MAX, Exact::write);
    gradient.write(writer);
    writer.list(traces, TrainingSpec.MICRO_BATCHES_MAX, Hash::write);
  }

  static Statement read(Reader reader) throws Malformed {
    return new Statement(
        reader.list(TrainingSpec.MICRO_BATCHES_MAX, Exact::read),
        Hash.read(reader),
        reader.list(TrainingSpec.MICRO_BATCHES_MAX, Hash::read));
  }
}
