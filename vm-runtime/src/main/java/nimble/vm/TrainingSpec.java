package nimble.vm;

import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.gradient.GradientCodec;

/// How a model is trained: all that a job says beside the model, the data and the money.
///
/// @param batch rows of a step, over all micro-batches
public record TrainingSpec(
    int steps,
    int batch,
    int microBatches,
    Rate rate,
    AdamW optimizer,
    long seed,
    GradientCodec gradientCodec) {
  public static final int STEPS_MAX = 100_000_000;
  public static final int MICRO_BATCHES_MAX = 256;

  private static final int VERSION = 1;

  public TrainingSpec {
    Problems.none(problems(steps, batch, microBatches, rate, optimizer));
  }

  /// Everything that is wrong with such a training; empty when [TrainingSpec] takes it. The bounds
  /// keep the optimizer's arithmetic finite (T4).
  public static List<Problem> problems(
      int steps, int batch, int microBatches, Rate rate, AdamW optimizer) {
    Problems problems = new Problems();
    problems.range("training.steps", steps, 1, STEPS_MAX);
    problems.range("training.batch", batch, 1, StageSpec.ROWS_MAX);
    if (problems.range("training.microBatches", microBatches, 1, MICRO_BATCHES_MAX)) {
      problems.that(
          batch % microBatches == 0,
          "training.microBatches",
          microBatches,
          "a divisor of the batch " + batch);
    }
    rate.check(steps, problems);
    optimizer.check(problems);
    return problems.list();
  }

  /// Rows of a micro-batch.
  public int rows() {
    return batch / microBatches;
  }

  public void write(Writer writer) {
    writer.u8(VERSION).u32(steps).u32(batch).u16(microBatches);
    rate.write(writer);
    optimizer.write(writer);
    writer.u64(seed).u8(gradientCodec.tag());
  }

  public static TrainingSpec read(Reader reader) throws Malformed {
    reader.version(VERSION);
    int steps = reader.length(STEPS_MAX);
    int batch = reader.length(StageSpec.ROWS_MAX);
    int microBatches = reader.u16();
    Rate rate = Rate.read(reader);
    AdamW optimizer = AdamW.read(reader);
    Problems.refuse(problems(steps, batch, microBatches, rate, optimizer));
    return new TrainingSpec(
        steps,
        batch,
        microBatches,
        rate,
        optimizer,
        reader.u64(),
        GradientCodec.ofTag(reader.u8()));
  }
}
