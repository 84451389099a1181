package nimble.training.role;

import java.util.Comparator;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.role.evidence.Position;
import nimble.types.JobId;

/// What one stage tells another while a job trains.
///
/// @param from the stage that sends
/// @param attempt how often the chain had rounds of this job redone: tensors of a failed attempt
///   never mix with those of the next
/// @param step in the round; validation steps follow those that train
/// @param microBatch 0 for [Kind#NORM] and [Kind#ROOT]
public record StepTensor(
    StageSlot from, int attempt, int round, int step, int microBatch, Kind kind)
    implements TensorName, Comparable<StepTensor> {
  static final int TAG = 1;
  private static final Comparator<StepTensor> ORDER =
      Comparator.comparingInt(StepTensor::attempt)
          .thenComparingInt(StepTensor::round)
          .thenComparingInt(StepTensor::step)
          .thenComparing(StepTensor::kind)
          .thenComparingInt(StepTensor::microBatch)
          .thenComparing(StepTensor::from);

  /// What is sent.
  public enum Kind {
    /// A micro-batch's output, to the next stage: fp32, little-endian.
    ACTIVATION(0),
    /// The gradient of the input, to the stage before: fp32, little-endian.
    GRADIENT(1),
    /// The squared norm of the step's rounded gradient, to all stages: bits of fp64.
    NORM(2),
    /// The root of the edge between two neighbours over the round, to the other one: 32 bytes.
    ROOT(3);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }

    private static Kind of(int tag) throws Malformed {
      return switch (tag) {
        case 0 -> ACTIVATION;
        case 1 -> GRADIENT;
        case 2 -> NORM;
        case 3 -> ROOT;
        default -> throw new Malformed("unknown kind of tensor %d".formatted(tag));
      };
    }
  }

  public StepTensor {
    Invariant.check(
        attempt >= 0 && round >= 0 && step >= 0 && microBatch >= 0,
        "attempt %d, round %d, step %d, micro-batch %d",
        attempt,
        round,
        step,
        microBatch);
  }

  @Override
  public JobId job() {
    return from.job();
  }

  /// Of the step that it belongs to.
  public Position position() {
    return new Position(attempt, round, step);
  }

  @Override
  public void write(Writer writer) {
    from.write(writer.u8(TAG));
    writer.u32(attempt).u32(round).u32(step).u16(microBatch).u8(kind.tag);
  }

  static StepTensor readFields(Reader reader) throws Malformed {
    return new StepTensor(
        StageSlot.read(reader),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.u16(),
        Kind.of(reader.u8()));
  }

  @Override
  public int compareTo(StepTensor other) {
    return ORDER.compare(this, other);
  }
}
