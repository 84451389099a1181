package nimble.training.dispute;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.training.dispute.Standing.Difference;
import nimble.types.Hash;
import nimble.vm.trace.TensorTree;
import nimble.vm.trace.Trace;

/// The rules: a dispute and a move give what follows (G1 to G8).
public final class Game {
  /// What a move leads to.
  public sealed interface Step {
    record Goes(Dispute next) implements Step {}

    record Ends(Result result) implements Step {}
  }

  private final Board board;
  private final Dispute dispute;
  private final int size;

  private Game(Board board, Dispute dispute, Move move) {
    this.board = board;
    this.dispute = dispute;
    size = Writer.encode(move::write).size();
  }

  /// @throws Refused with the reason
  public static Step play(Board board, Dispute dispute, Side side, Move move) throws Refused {
    Refused.unless(dispute.side().equals(Optional.of(side)), "it is not the %s's move", word(side));
    Game game = new Game(board, dispute, move);
    int bytes = dispute.bytes() + game.size;
    Refused.unless(
        bytes <= Dispute.BYTES_MAX, "%d bytes of moves, at most %d", bytes, Dispute.BYTES_MAX);
    return game.step(move);
  }

  private static String word(Side side) {
    return switch (side) {
      case MINER -> "miner";
      case ACCUSER -> "accuser";
    };
  }

  private Step step(Move move) throws Refused {
    return switch (dispute.standing()) {
      case Standing.Opened _ when move instanceof Move.State(var statement) -> state(statement);
      case Standing.Stated(var statement) when move instanceof Move.Contradict(Hash subject) ->
          contradict(statement, subject);
      case Standing.Stated(var statement) when move instanceof Move.DenyOutput deny ->
          Denials.output(board, statement, deny);
      case Standing.Stated(var statement) when move instanceof Move.DenyGradient deny ->
          Denials.gradient(board, statement, deny);
      case Standing.Stated(var statement) when move instanceof Move.Accuse accuse ->
          accuse(statement, accuse);
      case Standing.Accused accused when move instanceof Move.Answer answer ->
          answer(accused, answer);
      case Standing.Answered answered when move instanceof Move.Descend descend ->
          descend(answered, descend);
      case Standing.Answered answered when move instanceof Move.Name name -> name(answered, name);
      case Standing.Grouped grouped when move instanceof Move.Blocks blocks ->
          blocks(grouped, blocks);
      case Standing.Faced faced when move instanceof Move.Reveal reveal ->
          Leaf.judge(board, faced, reveal);
      case Standing.Named named when move instanceof Move.Reveal reveal ->
          Leaf.judge(board, named, reveal);
      case Standing standing ->
          throw Refused.because(
              "%s is out of order: the dispute is %s",
              move.getClass().getSimpleName(), standing.getClass().getSimpleName());
    };
  }

  private Step state(Statement statement) throws Refused {
    int count = board.microBatches();
    Refused.unless(
        statement.exact().size() == count && statement.traces().size() == count,
        "%d and %d micro-batches of %d",
        statement.exact().size(),
        statement.traces().size(),
        count);
    return goes(new Standing.Stated(statement));
  }

  private Step contradict(Statement statement, Hash subject) throws Refused {
    Hash miners = statement.subject();
    Refused.unless(!subject.equals(miners), "it contradicts nothing");
    return goes(new Standing.Contradicted(miners, subject));
  }

  private Step accuse(Statement statement, Move.Accuse accuse) throws Refused {
    int index = accuse.microBatch();
    Refused.unless(index < board.microBatches(), "micro-batch %d", index);
    Statement.Exact exact = statement.exact().get(index);
    Hash trace = statement.traces().get(index);
    given(exact, accuse.roots());
    Refused.unless(!Trace.root(accuse.roots()).equals(trace), "the roots are the miner's");
    return goes(new Standing.Accused(index, exact, trace, accuse.roots()));
  }

  private void given(Statement.Exact exact, List<Hash> roots) throws Refused {
    int count = board.form().tensors().size();
    Refused.unless(roots.size() == count, "%d roots of %d", roots.size(), count);
    Hash given = Trace.root(roots.subList(0, board.form().given()));
    Refused.unless(given.equals(exact.given()), "the roots do not begin with what was given");
  }

  private Step answer(Standing.Accused accused, Move.Answer answer) throws Refused {
    List<Hash> roots = answer.roots();
    given(accused.exact(), roots);
    Refused.unless(Trace.root(roots).equals(accused.trace()), "the roots are of another trace");
    committed("output", board.form().output(), accused.exact().output(), roots);
    committed("input gradient", board.inputGradient(), accused.exact().inputGradient(), roots);
    int tensor = first(roots, accused.roots());
    Difference difference = new Difference(accused.microBatch(), tensor, roots);
    if (TensorTree.blocks(board.count(tensor)) > TensorTree.BLOCKS_MAX) {
      return new Step.Ends(Result.NO_ROOM);
    }
    groups(board.count(tensor), answer.groups(), roots.get(tensor));
    if (dispute.bytes() + size + Leaf.rest(board, tensor) > Dispute.BYTES_MAX) {
      return new Step.Ends(Result.NO_ROOM);
    }
    return goes(new Standing.Answered(difference, accused.roots().get(tensor), answer.groups()));
  }

  private static void committed(String what, int tensor, Hash root, List<Hash> roots)
      throws Refused {
    Refused.unless(
        tensor < 0 || roots.get(tensor).equals(root), "the %s is not what was committed to", what);
  }

  private static void groups(int count, List<Hash> groups, Hash root) throws Refused {
    int expected = TensorTree.groups(count);
    Refused.unless(groups.size() == expected, "%d groups of %d", groups.size(), expected);
    Refused.unless(Merkle.join(groups).equals(root), "the groups are of another tensor");
  }

  private Step descend(Standing.Answered answered, Move.Descend move) throws Refused {
    Difference difference = answered.difference();
    int count = board.count(difference.tensor());
    groups(count, move.groups(), answered.accusers());
    int group = first(answered.groups(), move.groups());
    Hash miners = answered.groups().get(group);
    Hash accusers = move.groups().get(group);
    if (TensorTree.deep(count)) {
      Refused.unless(move.words().isEmpty(), "a block too early");
      inGroup(count, group, move.blocks(), accusers);
      return goes(new Standing.Grouped(difference, group, miners, move.blocks()));
    }
    Refused.unless(move.blocks().isEmpty(), "blocks of a block");
    block(count, group, move.words(), accusers);
    return goes(new Standing.Faced(difference, group, Side.MINER, miners, move.words()));
  }

  private static void inGroup(int count, int group, List<Hash> blocks, Hash root) throws Refused {
    int expected = TensorTree.groupBlocks(count, group);
    Refused.unless(blocks.size() == expected, "%d blocks of %d", blocks.size(), expected);
    Refused.unless(Merkle.join(blocks).equals(root), "the blocks are of another group");
  }

  static void block(int count, int block, Bytes words, Hash root) throws Refused {
    int expected = Math.min(TensorTree.BLOCK, count - block * TensorTree.BLOCK) * Float.BYTES;
    Refused.unless(words.size() == expected, "a block of %d bytes, not %d", words.size(), expected);
    Refused.unless(Merkle.leaf(words).equals(root), "the block is another");
  }

  private Step name(Standing.Answered answered, Move.Name name) throws Refused {
    int tensor = name.tensor();
    Refused.unless(
        tensor >= board.form().given() && tensor < board.form().tensors().size(),
        "tensor %d is none of an operator",
        tensor);
    int count = board.count(tensor);
    Refused.unless(name.element() < count, "element %d of %d", name.element(), count);
    int bytes = dispute.bytes() + size + Leaf.most(board, tensor);
    Refused.unless(bytes <= Dispute.BYTES_MAX, "its operands do not fit: %d bytes", bytes);
    return goes(new Standing.Named(answered.difference(), tensor, name.element()));
  }

  private Step blocks(Standing.Grouped grouped, Move.Blocks move) throws Refused {
    int count = board.count(grouped.difference().tensor());
    inGroup(count, grouped.group(), move.blocks(), grouped.miners());
    int inside = first(move.blocks(), grouped.accusers());
    int block = grouped.group() * TensorTree.FAN + inside;
    block(count, block, move.words(), move.blocks().get(inside));
    Hash accusers = grouped.accusers().get(inside);
    return goes(
        new Standing.Faced(grouped.difference(), block, Side.ACCUSER, accusers, move.words()));
  }

  /// Where two lists of the same size, whose roots differ, do first.
  private static int first(List<Hash> one, List<Hash> other) {
    int at = 0;
    while (one.get(at).equals(other.get(at))) {
      at++;
    }
    return at;
  }

  private Step goes(Standing next) {
    return new Step.Goes(dispute.then(size, next));
  }
}
