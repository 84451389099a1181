package nimble.training.dispute;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.types.Hash;
import nimble.vm.reference.Addition;
import nimble.vm.trace.Opening;
import nimble.vm.trace.TensorTree;
import nimble.vm.trace.Trace;

/// What was committed to does not follow from the miner's own traces (G3).
final class Denials {
  private Denials() {}

  static Game.Step output(Board board, Statement statement, Move.DenyOutput deny) throws Refused {
    Refused.unless(deny.microBatch() < board.microBatches(), "micro-batch %d", deny.microBatch());
    int tensor = deny.backwards() ? board.inputGradient() : board.form().output();
    Refused.unless(tensor >= 0, "nothing was committed to there");
    Statement.Exact exact = statement.exact().get(deny.microBatch());
    inTrace(board, statement, deny.microBatch(), tensor, deny.root(), deny.path());
    Hash committed = deny.backwards() ? exact.inputGradient() : exact.output();
    Refused.unless(!deny.root().equals(committed), "it is what was committed to");
    return new Game.Step.Ends(Result.MINER_LOSES);
  }

  static Game.Step gradient(Board board, Statement statement, Move.DenyGradient deny)
      throws Refused {
    int tensor = board.form().gradient();
    Refused.unless(tensor >= 0, "a validation batch has no gradient");
    Refused.unless(
        deny.parts().size() == board.microBatches(), "%d micro-batches", deny.parts().size());
    Opening committed = deny.committed();
    opened(board, tensor, committed, committed.first(), statement.gradient());
    List<Bytes> blocks = new ArrayList<>();
    for (int i = 0; i < deny.parts().size(); i++) {
      Move.DenyGradient.Part part = deny.parts().get(i);
      inTrace(board, statement, i, tensor, part.root(), part.path());
      opened(board, tensor, part.opening(), committed.first(), part.root());
      blocks.add(part.opening().words());
    }
    Bytes sum = Addition.committed(board.codec(), blocks);
    Refused.unless(!sum.equals(committed.words()), "the gradient is what they add up to");
    return new Game.Step.Ends(Result.MINER_LOSES);
  }

  private static void inTrace(
      Board board, Statement statement, int index, int tensor, Hash root, List<Hash> path)
      throws Refused {
    Optional<Hash> trace =
        Merkle.rootFrom(Trace.item(tensor, root), tensor, board.form().tensors().size(), path);
    Refused.unless(
        trace.equals(Optional.of(statement.traces().get(index))),
        "tensor %d has another root in micro-batch %d",
        tensor,
        index);
  }

  /// One block of the gradient.
  private static void opened(Board board, int tensor, Opening opening, int block, Hash root)
      throws Refused {
    int count = board.count(tensor);
    Refused.unless(
        opening.tensor() == tensor
            && opening.first() == block
            && block < TensorTree.blocks(count)
            && opening.words().size() <= Move.BLOCK_BYTES,
        "not one block of the gradient");
    Refused.unless(
        opening.root(count).equals(Optional.of(root)), "an opening does not lead to its root");
  }
}
