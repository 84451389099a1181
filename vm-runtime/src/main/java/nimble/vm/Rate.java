package nimble.vm;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problems;

/// The learning rate of a training.
///
/// @param most after the warm-up
/// @param least what it falls to, at the last step
/// @param warmup steps in which it rises
public record Rate(float most, float least, Schedule schedule, int warmup) {
  /// Falls along a cosine.
  public static Rate cosine(float most, float least, int warmup) {
    return new Rate(most, least, Schedule.COSINE, warmup);
  }

  /// Linear warm-up, then by the schedule, in fp64 and cast once (T4).
  ///
  /// @param step from 0
  /// @param steps of the training
  public float at(long step, int steps) {
    if (step < warmup) {
      return (float) ((double) most * (step + 1) / (warmup + 1));
    }
    double done = Math.min(1, (double) (step - warmup) / Math.max(1, steps - warmup));
    return (float) (least + schedule.left(done) * ((double) most - least));
  }

  void check(int steps, Problems problems) {
    problems.range("training.learningRate", most, 0f, 1f);
    problems.range("training.minLearningRate", least, 0f, Math.min(1f, most));
    problems.range("training.warmup", warmup, 0, steps);
  }

  void write(Writer writer) {
    Fp32Field.write(most, writer);
    Fp32Field.write(least, writer);
    writer.u8(schedule.tag).u32(warmup);
  }

  static Rate read(Reader reader) throws Malformed {
    float most = Fp32Field.read(reader);
    float least = Fp32Field.read(reader);
    int tag = reader.u8();
    Schedule schedule =
        Schedule.ofTag(tag).orElseThrow(() -> new Malformed("schedule tag %d".formatted(tag)));
    return new Rate(most, least, schedule, reader.length(TrainingSpec.STEPS_MAX));
  }
}
