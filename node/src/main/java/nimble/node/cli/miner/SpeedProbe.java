package nimble.node.cli.miner;

import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.AdamW;
import nimble.vm.Machine;
import nimble.vm.Metering;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.TrainingSpec;
import nimble.vm.data.TextData;
import nimble.vm.gradient.Bf16;
import nimble.vm.template.Gpt;
import nimble.vm.training.Pipeline;

/// Measures what a stage program does in a second on this machine, on one thread, in the operations
/// that the chain meters.
final class SpeedProbe {
  private static final int CONTEXT = 64;
  private static final int BATCH = 12;
  private static final int MICRO_BATCHES = 3;
  private static final int TEXT_BYTES = 64 * 1_024;
  private static final int WARM_STEPS = 10;
  private static final int STEPS_MAX = 10_000;
  private static final long MEASURED_NANOS = 2_000_000_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private SpeedProbe() {}

  /// Takes about three seconds.
  static long operationsPerSecond(Machine machine) {
    ModelSpec model = new Gpt(TextData.VOCABULARY, CONTEXT, 4, 4, 128, false).spec();
    TrainingSpec training =
        new TrainingSpec(
            STEPS_MAX,
            BATCH,
            MICRO_BATCHES,
            Rate.cosine(1e-3f, 1e-4f, 1),
            AdamW.USUAL,
            1,
            new Bf16());
    long perStep = Metering.of(model.whole(training.rows())).step(MICRO_BATCHES);
    try (Pipeline pipeline = new Pipeline(machine, model, List.of(), training)) {
      TextData data = new TextData(text(), TEXT_BYTES / 2);
      int step = 0;
      while (step < WARM_STEPS) {
        pipeline.step(data, step++);
      }
      long start = System.nanoTime();
      long spent = 0;
      while (spent < MEASURED_NANOS && step < STEPS_MAX) {
        pipeline.step(data, step++);
        spent = System.nanoTime() - start;
      }
      double operations = (double) perStep * (step - WARM_STEPS);
      return Math.max(1, Math.round(operations / (spent / NANOS_PER_SECOND)));
    }
  }

  /// The words do not matter, the arithmetic does.
  private static Bytes text() {
    byte[] text = new byte[TEXT_BYTES];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + i % 26);
    }
    return Bytes.copyOf(text);
  }
}
