package nimble.training.dispute;

import java.util.ArrayList;
import java.util.List;
import nimble.vm.Bf16;
import nimble.vm.Cuts;
import nimble.vm.Gpt;
import nimble.vm.LittleEndian;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.djl.DjlMachine;
import nimble.vm.trace.Trace;
import nimble.vm.trace.TraceForm;

/// By hand: disputes about a demo stage (nanoGPT's CPU configuration in three stages) on libtorch,
/// with one number of each operator falsified in turn: moves, bytes and time.
public final class DisputeBench {
  private static final double MILLION = 1e6;

  private DisputeBench() {}

  public static void main(String[] arguments) {
    ModelSpec model = new Gpt(256, 64, 4, 4, 128, true).spec();
    TrainingSpec training =
        new TrainingSpec(2_000, 12, 3, 1e-3f, 1e-4f, 100, 0.9f, 0.99f, 0.1f, 1f, 7, new Bf16());
    DjlMachine machine = new DjlMachine();
    for (StageSpec stage : new Cuts(List.of(4, 7)).of(model, training.rows())) {
      Table table = new Table(stage, training, true, 1);
      List<Trace> honest = table.traces(machine);
      Exhibits exhibits = table.exhibits(honest);
      TraceForm form = table.board.form();
      int bytes = 0;
      int moves = 0;
      int undecided = 0;
      long slowest = 0;
      for (int tensor : form.computed().toArray()) {
        List<Trace> lying = lying(honest, tensor, form.tensor(tensor).count() / 2);
        Exhibits theirs = table.exhibits(lying);
        Player miner = table.player(theirs, true, lying);
        Player accuser = table.player(theirs, true, honest);
        long start = System.nanoTime();
        Table.Played played = table.play(miner, accuser);
        slowest = Math.max(slowest, System.nanoTime() - start);
        bytes = Math.max(bytes, played.bytes());
        moves = Math.max(moves, played.moves());
        if (played.result() != Result.MINER_LOSES) {
          undecided++;
          System.out.println(form.tensor(tensor).name() + " " + played);
        }
      }
      System.out.printf(
          "%d tensors: at most %d moves, %d bytes, %.0f ms; not convicted %d; %s%n",
          form.tensors().size(),
          moves,
          bytes,
          slowest / MILLION,
          undecided,
          exhibits.gradient().size());
    }
  }

  private static List<Trace> lying(List<Trace> honest, int tensor, int element) {
    float[] numbers = LittleEndian.floats(honest.get(1).value(tensor));
    float largest = 0;
    for (float number : numbers) {
      largest = Math.max(largest, Math.abs(number));
    }
    numbers[element] += 0.01f * largest;
    List<Trace> lying = new ArrayList<>(honest);
    lying.set(1, honest.get(1).with(tensor, LittleEndian.ofFloats(numbers)));
    return lying;
  }
}
