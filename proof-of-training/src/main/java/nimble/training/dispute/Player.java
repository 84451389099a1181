package nimble.training.dispute;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Merkle;
import nimble.training.dispute.Standing.Difference;
import nimble.types.Hash;
import nimble.vm.reference.Addition;
import nimble.vm.reference.Referee;
import nimble.vm.trace.Furthest;
import nimble.vm.trace.Opening;
import nimble.vm.trace.Recording;
import nimble.vm.trace.TensorTree;
import nimble.vm.trace.Trace;

/// What a side that can run the program says next. One thread at a time.
public final class Player {
  private final Board board;
  private final Exhibits exhibits;
  private final boolean sameClass;
  private final IntFunction<Trace> traces;
  private final List<List<Hash>> roots = new ArrayList<>();
  private final Statement own;

  /// @param sameClass an honest miner's tensors are these to the bit
  /// @param traces a micro-batch's trace, made anew
  public Player(Board board, Exhibits exhibits, boolean sameClass, IntFunction<Trace> traces) {
    this.board = board;
    this.exhibits = exhibits;
    this.sameClass = sameClass;
    this.traces = traces;
    for (int i = 0; i < board.microBatches(); i++) {
      roots.add(traces.apply(i).roots());
    }
    own = exhibits.statement(board, roots);
  }

  /// Empty when there is nothing to say that the rules would take.
  public Optional<Move> move(Dispute dispute) {
    return switch (dispute.standing()) {
      case Standing.Opened _ -> Optional.of(new Move.State(own));
      case Standing.Stated(var statement) -> accuse(statement);
      case Standing.Contradicted _ -> Optional.empty();
      case Standing.Accused accused -> Optional.of(answer(accused));
      case Standing.Answered answered -> Optional.of(descend(answered));
      case Standing.Grouped grouped -> Optional.of(blocks(grouped));
      case Standing.Faced faced -> Optional.of(reveal(faced));
      case Standing.Named named -> Optional.of(reveal(named));
    };
  }

  private Optional<Move> accuse(Statement statement) {
    if (!statement.subject().equals(own.subject())) {
      return Optional.of(new Move.Contradict(own.subject()));
    }
    Optional<Move> denial = denial(statement);
    if (denial.isPresent()) {
      return denial;
    }
    for (int i = 0; i < board.microBatches(); i++) {
      if (!alike(statement, i)) {
        return Optional.of(new Move.Accuse(i, roots.get(i)));
      }
    }
    return board.form().trains() ? gradient() : Optional.empty();
  }

  private boolean alike(Statement statement, int microBatch) {
    return statement.traces().get(microBatch).equals(own.traces().get(microBatch));
  }

  private Optional<Move> denial(Statement statement) {
    for (int i = 0; i < board.microBatches(); i++) {
      Statement.Exact exact = statement.exact().get(i);
      if (alike(statement, i)) {
        if (!roots.get(i).get(board.form().output()).equals(exact.output())) {
          return Optional.of(denial(i, false));
        }
        int back = board.inputGradient();
        if (back >= 0 && !roots.get(i).get(back).equals(exact.inputGradient())) {
          return Optional.of(denial(i, true));
        }
      }
    }
    return Optional.empty();
  }

  private Move denial(int microBatch, boolean backwards) {
    int tensor = backwards ? board.inputGradient() : board.form().output();
    return new Move.DenyOutput(
        microBatch, backwards, roots.get(microBatch).get(tensor), path(microBatch, tensor));
  }

  private List<Hash> path(int microBatch, int tensor) {
    return Merkle.path(Trace.items(roots.get(microBatch)), tensor);
  }

  /// The first block of which the codec makes something else.
  private Optional<Move> gradient() {
    int tensor = board.form().gradient();
    List<TensorTree> trees = new ArrayList<>();
    for (int i = 0; i < board.microBatches(); i++) {
      trees.add(traces.apply(i).tree(tensor));
    }
    TensorTree committed = TensorTree.of(exhibits.gradient());
    for (int block = 0; block < TensorTree.blocks(board.count(tensor)); block++) {
      int at = block;
      Bytes sum =
          Addition.committed(board.codec(), trees.stream().map(tree -> tree.block(at)).toList());
      if (!sum.equals(committed.block(at))) {
        List<Move.DenyGradient.Part> parts = new ArrayList<>();
        for (int i = 0; i < trees.size(); i++) {
          parts.add(
              new Move.DenyGradient.Part(
                  trees.get(i).root(), path(i, tensor), trees.get(i).open(tensor, at, at + 1)));
        }
        return Optional.of(new Move.DenyGradient(committed.open(tensor, at, at + 1), parts));
      }
    }
    return Optional.empty();
  }

  private Move answer(Standing.Accused accused) {
    List<Hash> mine = roots.get(accused.microBatch());
    int tensor = first(mine, accused.roots());
    return new Move.Answer(mine, tree(accused.microBatch(), tensor).groups());
  }

  private Move descend(Standing.Answered answered) {
    Difference difference = answered.difference();
    if (!sameClass) {
      Optional<Move> name = name(difference);
      if (name.isPresent()) {
        return name.get();
      }
    }
    TensorTree tree = tree(difference.microBatch(), difference.tensor());
    List<Hash> groups = tree.groups();
    int group = first(groups, answered.groups());
    return TensorTree.deep(board.count(difference.tensor()))
        ? new Move.Descend(groups, tree.group(group), Bytes.EMPTY)
        : new Move.Descend(groups, List.of(), tree.block(group));
  }

  /// The number of a committed tensor that is furthest from ours.
  private Optional<Move> name(Difference difference) {
    int microBatch = difference.microBatch();
    int tensor = board.form().output();
    Bytes mine = traces.apply(microBatch).value(tensor);
    OptionalInt furthest = Furthest.of(mine, exhibits.output(microBatch));
    return furthest.isPresent()
        ? Optional.of(new Move.Name(tensor, furthest.getAsInt()))
        : Optional.empty();
  }

  private Move blocks(Standing.Grouped grouped) {
    Difference difference = grouped.difference();
    TensorTree tree = tree(difference.microBatch(), difference.tensor());
    List<Hash> blocks = tree.group(grouped.group());
    int block = grouped.group() * TensorTree.FAN + first(blocks, grouped.accusers());
    return new Move.Blocks(blocks, tree.block(block));
  }

  private Move reveal(Standing.Faced faced) {
    Difference difference = faced.difference();
    int tensor = difference.tensor();
    Trace trace = traces.apply(difference.microBatch());
    Bytes words = trace.tree(tensor).block(faced.block());
    int at = Leaf.firstDifference(words, faced.words());
    return new Move.Reveal(words, operands(trace, tensor, faced.block() * TensorTree.BLOCK + at));
  }

  private Move reveal(Standing.Named named) {
    Trace trace = traces.apply(named.difference().microBatch());
    return new Move.Reveal(Bytes.EMPTY, operands(trace, named.tensor(), named.element(), true));
  }

  private List<Opening> operands(Trace trace, int tensor, int element) {
    return operands(trace, tensor, element, false);
  }

  private List<Opening> operands(Trace trace, int tensor, int element, boolean itself) {
    Recording recording = new Recording(trace);
    try {
      new Referee(trace.form(), recording).judge(tensor, element, trace.bits(tensor, element));
      if (itself) {
        recording.bits(tensor, element);
      }
    } catch (Malformed e) {
      throw new IllegalStateException("our own trace", e);
    }
    return recording.openings();
  }

  private TensorTree tree(int microBatch, int tensor) {
    return traces.apply(microBatch).tree(tensor);
  }

  private static int first(List<Hash> one, List<Hash> other) {
    int at = 0;
    while (at < one.size() - 1 && one.get(at).equals(other.get(at))) {
      at++;
    }
    return at;
  }
}
