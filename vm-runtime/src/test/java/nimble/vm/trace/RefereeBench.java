package nimble.vm.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Floats;
import nimble.vm.Gpt;
import nimble.vm.Layout;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.djl.DjlMachine;
import nimble.vm.reference.Interval;
import nimble.vm.reference.LeafSize;
import nimble.vm.reference.Referee;

/// By hand: nanoGPT's CPU configuration in three stages on libtorch, as the environment sets it
/// (`OMP_NUM_THREADS`, `ATEN_CPU_CAPABILITY`, …): how far honest numbers get from the middle of
/// their bounds, what a trace and a leaf take.
public final class RefereeBench {
  private static final int SAMPLES = 400;
  private static final double MILLION = 1e6;

  private RefereeBench() {}

  public static void main(String[] arguments) throws Malformed {
    ModelSpec model = new Gpt(256, 64, 4, 4, 128, true).spec();
    DjlMachine machine = new DjlMachine();
    for (StageSpec stage : new Cuts(List.of(4, 7)).of(model, 4)) {
      bench(machine, stage);
    }
  }

  private static void bench(DjlMachine machine, StageSpec stage) throws Malformed {
    TraceForm form = TraceForm.of(stage, true, 1f / 3);
    try (Floats weights = Floats.zeros(Layout.of(stage).count());
        TraceProgram program = machine.trace(form, weights)) {
      Fixtures.scramble(weights, 1);
      Bytes input = Fixtures.input(stage, 2);
      Bytes other =
          stage.last()
              ? Fixtures.labels(stage, 3)
              : Fixtures.numbers(stage.outputBytes() / Float.BYTES, 3);
      program.run(input, other);
      long start = System.nanoTime();
      List<Bytes> computed = program.run(input, other);
      long ran = System.nanoTime();
      Trace trace = Trace.of(form, weights, input, other, computed);
      Trace.root(trace.roots());
      long hashed = System.nanoTime();
      System.out.printf(
          "%d tensors, run %.1f ms, copies and hashes %.1f ms%n",
          form.tensors().size(), (ran - start) / MILLION, (hashed - ran) / MILLION);
      judge(trace);
    }
  }

  private static void judge(Trace trace) throws Malformed {
    TraceForm form = trace.form();
    SplittableRandom random = new SplittableRandom(4);
    int outside = 0;
    int judged = 0;
    double slowest = 0;
    int largest = 0;
    List<String> far = new ArrayList<>();
    for (int tensor : form.computed().toArray()) {
      Referee referee = new Referee(form, trace);
      double furthest = 0;
      for (int i = 0; i < SAMPLES; i++) {
        int element = random.nextInt(form.tensor(tensor).count());
        long start = System.nanoTime();
        Interval interval = referee.interval(tensor, element);
        slowest = Math.max(slowest, i < SAMPLES / 2 ? 0 : (System.nanoTime() - start) / MILLION);
        double number = trace.number(tensor, element);
        double half = (interval.high() - interval.low()) / 2;
        double off = Math.abs(number - (interval.high() + interval.low()) / 2);
        furthest = Math.max(furthest, half == 0 ? 0 : off / half);
        outside += interval.holds((float) number) ? 0 : 1;
        judged++;
      }
      largest = Math.max(largest, LeafSize.most(form, tensor));
      far.add("%s %.2f".formatted(form.tensor(tensor).name(), furthest));
    }
    System.out.printf(
        "judged %d, outside %d, slowest leaf %.2f ms, largest leaf %d bytes%n%s%n",
        judged, outside, slowest, largest, far);
  }
}
