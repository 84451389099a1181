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
/// @param minLearningRate what the rate falls to, at the last step
/// @param warmup steps in which the learning rate rises
/// @param clip the largest norm of a step's gradient
public record TrainingSpec(
    int steps,
    int batch,
    int microBatches,
    float learningRate,
    float minLearningRate,
    Schedule schedule,
    int warmup,
    float beta1,
    float beta2,
    float weightDecay,
    float clip,
    long seed,
    GradientCodec gradientCodec) {
  public static final int STEPS_MAX = 100_000_000;
  public static final int MICRO_BATCHES_MAX = 256;
  public static final float CLIP_MAX = 1e6f;

  private static final int VERSION = 1;
  private static final float BETA_MAX = 0.99999f;

  public TrainingSpec {
    Problems.none(
        problems(
            steps,
            batch,
            microBatches,
            learningRate,
            minLearningRate,
            warmup,
            beta1,
            beta2,
            weightDecay,
            clip));
  }

  /// With a rate that falls along a cosine.
  public TrainingSpec(
      int steps,
      int batch,
      int microBatches,
      float learningRate,
      float minLearningRate,
      int warmup,
      float beta1,
      float beta2,
      float weightDecay,
      float clip,
      long seed,
      GradientCodec gradientCodec) {
    this(
        steps,
        batch,
        microBatches,
        learningRate,
        minLearningRate,
        Schedule.COSINE,
        warmup,
        beta1,
        beta2,
        weightDecay,
        clip,
        seed,
        gradientCodec);
  }

  /// Everything that is wrong with such a training; empty when [TrainingSpec] takes it. The bounds
  /// keep the optimizer's arithmetic finite (T4).
  public static List<Problem> problems(
      int steps,
      int batch,
      int microBatches,
      float learningRate,
      float minLearningRate,
      int warmup,
      float beta1,
      float beta2,
      float weightDecay,
      float clip) {
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
    problems.range("training.learningRate", learningRate, 0f, 1f);
    problems.range("training.minLearningRate", minLearningRate, 0f, Math.min(1f, learningRate));
    problems.range("training.warmup", warmup, 0, steps);
    problems.range("training.betas[0]", beta1, 0f, BETA_MAX);
    problems.range("training.betas[1]", beta2, 0f, BETA_MAX);
    problems.range("training.weightDecay", weightDecay, 0f, 1f);
    problems.range("training.clip", clip, Float.MIN_NORMAL, CLIP_MAX);
    return problems.list();
  }

  /// Rows of a micro-batch.
  public int rows() {
    return batch / microBatches;
  }

  public void write(Writer writer) {
    writer.u8(VERSION).u32(steps).u32(batch).u16(microBatches);
    Fp32Field.write(learningRate, writer);
    Fp32Field.write(minLearningRate, writer);
    writer.u8(schedule.tag).u32(warmup);
    Fp32Field.write(beta1, writer);
    Fp32Field.write(beta2, writer);
    Fp32Field.write(weightDecay, writer);
    Fp32Field.write(clip, writer);
    writer.u64(seed).u8(gradientCodec.tag());
  }

  public static TrainingSpec read(Reader reader) throws Malformed {
    reader.version(VERSION);
    int steps = reader.length(STEPS_MAX);
    int batch = reader.length(StageSpec.ROWS_MAX);
    int microBatches = reader.u16();
    float learningRate = Fp32Field.read(reader);
    float minLearningRate = Fp32Field.read(reader);
    int tag = reader.u8();
    Schedule schedule =
        Schedule.ofTag(tag).orElseThrow(() -> new Malformed("schedule tag %d".formatted(tag)));
    int warmup = reader.length(STEPS_MAX);
    float beta1 = Fp32Field.read(reader);
    float beta2 = Fp32Field.read(reader);
    float weightDecay = Fp32Field.read(reader);
    float clip = Fp32Field.read(reader);
    Problems.refuse(
        problems(
            steps,
            batch,
            microBatches,
            learningRate,
            minLearningRate,
            warmup,
            beta1,
            beta2,
            weightDecay,
            clip));
    return new TrainingSpec(
        steps,
        batch,
        microBatches,
        learningRate,
        minLearningRate,
        schedule,
        warmup,
        beta1,
        beta2,
        weightDecay,
        clip,
        reader.u64(),
        GradientCodec.ofTag(reader.u8()));
  }
}
