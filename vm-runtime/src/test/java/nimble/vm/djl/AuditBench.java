package nimble.vm.djl;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import nimble.codec.Malformed;
import nimble.vm.Bf16;
import nimble.vm.Evidence;
import nimble.vm.Fixtures;
import nimble.vm.Gpt;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.RecordedRound;
import nimble.vm.Segmenter;
import nimble.vm.StageAudit;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;

/// What an audit costs on nanoGPT's CPU configuration in three stages, rounds of ten steps, against
/// the training of that round. Milliseconds of the thread's processor time, the least of some runs;
/// no test.
final class AuditBench {
  private static final int STEPS = 10;
  private static final int RUNS = 20;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Machine machine = new DjlMachine();
  private final TrainingSpec training =
      new TrainingSpec(2_000, 12, 3, 1e-3f, 1e-4f, 100, 0.9f, 0.99f, 0.1f, 1f, 1337, new Bf16());
  private final List<StageSpec> stages;

  private AuditBench() {
    ModelSpec model = new Gpt(256, 64, 4, 4, 128, false).spec();
    stages = Segmenter.cut(model, training.rows(), 3).of(model, training.rows());
  }

  public static void main(String[] arguments) throws Malformed {
    new AuditBench().run();
  }

  private void run() throws Malformed {
    long start = THREADS.getCurrentThreadCpuTime();
    RecordedRound.run(Collections.nCopies(3, machine), stages, training, STEPS, 9).close();
    System.out.printf(Locale.ROOT, "round, trained: %.1f ms%n", millis(start) / 10);
    for (int skipped = 0; skipped < 2; skipped++) {
      try (RecordedRound round =
          RecordedRound.run(Collections.nCopies(3, machine), stages, training, STEPS, skipped)) {
        for (int stage = 0; stage < stages.size(); stage++) {
          measure(round, stage, skipped);
        }
      }
    }
  }

  private void measure(RecordedRound round, int stage, int skipped) throws Malformed {
    long start = THREADS.getCurrentThreadCpuTime();
    try (StageAudit bench =
        new StageAudit(machine, stages.get(stage), training, Fixtures.TOLERANCE)) {
      double load = millis(start);
      double training = best(bench, round.evidence(stage, STEPS / 2));
      double validation = best(bench, round.evidence(stage, STEPS));
      System.out.printf(
          Locale.ROOT,
          "stage %d round %d: bench %.1f ms, audit %.2f ms, of a validation batch %.2f ms%n",
          stage,
          skipped,
          load,
          training,
          validation);
    }
  }

  private static double best(StageAudit bench, Evidence evidence) throws Malformed {
    double best = Double.POSITIVE_INFINITY;
    for (int run = 0; run < RUNS; run++) {
      long start = THREADS.getCurrentThreadCpuTime();
      StageAudit.Result result = bench.audit(evidence, true);
      best = Math.min(best, millis(start));
      if (result.finding() != StageAudit.Finding.EQUAL) {
        throw new IllegalStateException(result.toString());
      }
    }
    return best;
  }

  private static double millis(long start) {
    return (THREADS.getCurrentThreadCpuTime() - start) / 1e6;
  }
}
