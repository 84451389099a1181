package nimble.training.dispute;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.vm.reference.Addition;
import nimble.vm.trace.StepTraces;
import nimble.vm.trace.TensorTree;
import nimble.vm.trace.Trace;
import nimble.vm.trace.TraceForm;

/// The exact parts of the audited step, as bytes of tensors (G1).
///
/// @param given of each micro-batch: roots of the tensors that its trace is given, by number
/// @param outputs that were committed to; a loss as one number, little-endian
/// @param inputGradients that were committed to; empty where there are none
/// @param gradient that was committed to, as the codec gives it back; empty in validation
public record Exhibits(
    List<List<Hash>> given, List<Bytes> outputs, List<Bytes> inputGradients, Bytes gradient) {
  public Exhibits {
    given = given.stream().map(List::copyOf).toList();
    outputs = List.copyOf(outputs);
    inputGradients = List.copyOf(inputGradients);
  }

  /// Of a step that is done again from its evidence.
  public static Exhibits of(Board board, StepTraces step) {
    return new Exhibits(
        each(board, step::given),
        each(board, step::output),
        each(board, step::inputGradient),
        step.gradient());
  }

  private static <T> List<T> each(Board board, Function<Integer, T> of) {
    return IntStream.range(0, board.microBatches()).boxed().map(of).toList();
  }

  /// What a miner commits to that has these traces.
  public static Exhibits of(Board board, List<Trace> traces) {
    TraceForm form = board.form();
    int back = form.inputGradient();
    return new Exhibits(
        traces.stream().map(trace -> trace.roots().subList(0, form.given())).toList(),
        traces.stream().map(trace -> trace.value(form.output())).toList(),
        traces.stream().map(trace -> back < 0 ? Bytes.EMPTY : trace.value(back)).toList(),
        form.gradient() < 0 ? Bytes.EMPTY : gradient(board, traces));
  }

  private static Bytes gradient(Board board, List<Trace> traces) {
    int tensor = board.form().gradient();
    List<TensorTree> trees = traces.stream().map(trace -> trace.tree(tensor)).toList();
    Bytes[] blocks = new Bytes[TensorTree.blocks(board.count(tensor))];
    for (int i = 0; i < blocks.length; i++) {
      int at = i;
      blocks[i] =
          Addition.committed(board.codec(), trees.stream().map(tree -> tree.block(at)).toList());
    }
    return Bytes.concat(blocks);
  }

  Bytes output(int microBatch) {
    return outputs.get(microBatch);
  }

  /// Of the exact parts alone (G2).
  public Hash subject(Board board) {
    return statement(board, List.of()).subject();
  }

  /// @param roots of all tensors of each micro-batch
  Statement statement(Board board, List<List<Hash>> roots) {
    Invariant.check(given.size() == board.microBatches(), "%d micro-batches", given.size());
    List<Statement.Exact> exact = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      boolean back = board.inputGradient() >= 0;
      exact.add(
          new Statement.Exact(
              Trace.root(given.get(i)),
              root(outputs.get(i)),
              back ? root(inputGradients.get(i)) : Hash.ZERO));
    }
    Hash whole = board.form().trains() ? root(gradient) : Hash.ZERO;
    return new Statement(exact, whole, roots.stream().map(Trace::root).toList());
  }

  private static Hash root(Bytes words) {
    return TensorTree.of(words).root();
  }
}
