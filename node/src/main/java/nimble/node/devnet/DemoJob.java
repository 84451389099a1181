package nimble.node.devnet;

import java.util.Optional;
import nimble.blob.Blob;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.training.JobPlan;
import nimble.training.spec.DataSpec;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.vm.AdamW;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.template.Gpt;

/// The demo's order: nanoGPT's small CPU configuration over bytes, cut into as many stages as it
/// has miners, at most three.
public final class DemoJob {
  public static final int STAGES_MAX = 3;

  private static final int BYTE_VALUES = 256;
  private static final int CONTEXT = 64;
  private static final int LAYERS = 4;
  private static final int HEADS = 4;
  private static final int WIDTH = 128;
  private static final int SMALL_STEPS = 100;
  private static final int BATCH = 12;
  private static final int MICRO_BATCHES = 3;
  private static final int TRAIN_PERMILLE = 900;
  private static final long HOUR_MILLIS = 3_600_000;

  private DemoJob() {}

  static Blob data(byte[] text) {
    return Blob.of(Bytes.copyOf(text));
  }

  /// The job that the demo runs on that text with so many miners.
  public static JobSpec of(byte[] text, int steps, int miners) {
    return spec(data(text).manifest(), steps, miners);
  }

  /// The same at a fraction of its size, in three stages.
  public static JobSpec small(byte[] text) {
    return small(text, SMALL_STEPS, 16, 2);
  }

  /// @param width of its tokens, and its context
  public static JobSpec small(byte[] text, int steps, int width, int heads) {
    ModelSpec model = new Gpt(BYTE_VALUES, width, 2, heads, width, false).spec();
    return spec(data(text).manifest(), model, training(steps, MICRO_BATCHES), STAGES_MAX);
  }

  static JobSpec spec(Manifest data, int steps, int miners) {
    ModelSpec model = new Gpt(BYTE_VALUES, CONTEXT, LAYERS, HEADS, WIDTH, false).spec();
    return spec(data, model, training(steps, MICRO_BATCHES), Math.min(miners, STAGES_MAX));
  }

  private static JobSpec spec(Manifest data, ModelSpec model, TrainingSpec training, int stages) {
    return new JobSpec(
        "demo",
        "text",
        model,
        new DataSpec(data.id(), data.size(), TRAIN_PERMILLE),
        training,
        JobPlan.cut(model, training, stages),
        Optional.empty(),
        new MoneySpec(1_000 * Parameters.NIM, 100 * Parameters.NIM, 0, 24 * HOUR_MILLIS));
  }

  public static TrainingSpec training(int steps, int microBatches) {
    return new TrainingSpec(
        steps,
        BATCH,
        microBatches,
        Rate.cosine(1e-3f, 1e-4f, Math.max(1, steps / 20)),
        AdamW.USUAL,
        1337,
        GradientCodec.ofName("bf16").orElseThrow());
  }
}
