package nimble.training.dispute;

import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.vm.trace.TensorTree;
import nimble.vm.trace.Trace;

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
