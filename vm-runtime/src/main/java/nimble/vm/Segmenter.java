package nimble.vm;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/// Cuts a model into stages so that the slowest has as few operations as possible (M5).
public final class Segmenter {
  private Segmenter() {}

  /// What is wrong with asking for that many stages.
  public static List<Problem> problems(ModelSpec model, int stages) {
    Problems problems = new Problems();
    problems.range("stages.count", stages, 1, Math.min(Cuts.STAGES_MAX, model.layers().size()));
    return problems.list();
  }

  /// Of the best cuts, the one whose later stages start earliest.
  public static Cuts cut(ModelSpec model, int rows, int stages) {
    Problems.none(problems(model, stages));
    long[] until = operationsUntil(model, rows);
    int layers = model.layers().size();
    // worst[l]: the least possible maximum over the stages so far, the last of them ending before
    // l.
    long[] worst = until.clone();
    int[][] starts = new int[stages][layers + 1];
    for (int stage = 1; stage < stages; stage++) {
      long[] next = new long[layers + 1];
      Arrays.fill(next, Long.MAX_VALUE);
      for (int end = stage + 1; end <= layers; end++) {
        for (int start = stage; start < end; start++) {
          long slowest = Math.max(worst[start], until[end] - until[start]);
          if (slowest < next[end]) {
            next[end] = slowest;
            starts[stage][end] = start;
          }
        }
      }
      worst = next;
    }
    var cuts = new ArrayDeque<Integer>();
    int end = layers;
    for (int stage = stages - 1; stage > 0; stage--) {
      end = starts[stage][end];
      cuts.addFirst(end);
    }
    return new Cuts(List.copyOf(cuts));
  }

  /// Training operations of the layers before each layer.
  private static long[] operationsUntil(ModelSpec model, int rows) {
    List<Layer> layers = model.layers();
    long[] until = new long[layers.size() + 1];
    for (int i = 0; i < layers.size(); i++) {
      Metering layer = Metering.of(new StageSpec(model, i, i + 1, rows));
      until[i + 1] = Math.addExact(until[i], layer.forward() + layer.backward());
    }
    return until;
  }
}
