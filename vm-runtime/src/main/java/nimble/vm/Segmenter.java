package nimble.vm;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import nimble.spec.Problem;
import nimble.spec.Problems;

/// Cuts a model into stages so that the slowest has as few operations as possible (M5).
public final class Segmenter {
  private Segmenter() {}

  /// What is wrong with asking for that many stages.
  public static List<Problem> problems(ModelSpec model, int stages) {
    Problems problems = new Problems();
    int[] trained = trainedUntil(model);
    int most = model.lora().isPresent() ? trained[trained.length - 1] : model.layers().size();
    problems.range("stages.count", stages, 1, Math.min(Cuts.STAGES_MAX, most));
    return problems.list();
  }

  /// Of the best cuts, the one whose later stages start earliest.
  public static Cuts cut(ModelSpec model, int rows, int stages) {
    Problems.none(problems(model, stages));
    long[] until = operationsUntil(model, rows);
    int[] trained = trainedUntil(model);
    boolean adapters = model.lora().isPresent();
    int layers = model.layers().size();
    // worst[l]: the least possible maximum over the stages so far, the last of them ending before
    // l.
    long[] worst = until.clone();
    for (int end = 0; end <= layers; end++) {
      worst[end] = adapters && trained[end] == 0 ? Long.MAX_VALUE : worst[end];
    }
    int[][] starts = new int[stages][layers + 1];
    for (int stage = 1; stage < stages; stage++) {
      long[] next = new long[layers + 1];
      Arrays.fill(next, Long.MAX_VALUE);
      for (int end = stage + 1; end <= layers; end++) {
        for (int start = stage; start < end; start++) {
          long slowest = Math.max(worst[start], until[end] - until[start]);
          boolean trains = !adapters || trained[end] > trained[start];
          if (trains && slowest < next[end]) {
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

  /// Layers with adapters before each layer: no stage may be without.
  private static int[] trainedUntil(ModelSpec model) {
    int[] until = new int[model.layers().size() + 1];
    for (int i = 0; i < model.layers().size(); i++) {
      boolean some = !Layout.of(new StageSpec(model, i, i + 1, 1)).tensors().isEmpty();
      until[i + 1] = until[i] + (some ? 1 : 0);
    }
    return until;
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
