package nimble.training.dispute;

import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.dispute.Standing.Difference;
import nimble.types.Hash;
import nimble.vm.reference.LeafSize;
import nimble.vm.reference.Referee;
import nimble.vm.reference.Referee.Finding;
import nimble.vm.trace.Opened;
import nimble.vm.trace.Opening;
import nimble.vm.trace.TensorTree;

/// The last move (G6).
final class Leaf {
  /// Lengths, tags and numbers of a move.
  private static final int FRAME_BYTES = 64;

  private static final int HASH_BYTES = 32;

  private Leaf() {}

  static Game.Step judge(Board board, Standing.Faced faced, Move.Reveal reveal) throws Refused {
    Difference difference = faced.difference();
    int tensor = difference.tensor();
    Game.block(board.count(tensor), faced.block(), reveal.words(), faced.root());
    Opened operands = opened(board, difference.roots(), tensor, reveal.operands());
    boolean miner = faced.side() == Side.MINER;
    Bytes miners = miner ? reveal.words() : faced.words();
    Bytes accusers = miner ? faced.words() : reveal.words();
    int at = firstDifference(miners, accusers);
    int element = faced.block() * TensorTree.BLOCK + at;
    Referee referee = new Referee(board.form(difference.microBatch()), operands);
    boolean minerOut = outside(referee, tensor, element, word(miners, at));
    boolean accuserOut = outside(referee, tensor, element, word(accusers, at));
    return new Game.Step.Ends(result(minerOut, accuserOut));
  }

  private static Result result(boolean minerOut, boolean accuserOut) {
    if (minerOut) {
      return accuserOut ? Result.BOTH_LOSE : Result.MINER_LOSES;
    }
    return accuserOut ? Result.ACCUSER_LOSES : Result.UNDECIDED;
  }

  /// The number that was named, by the miner's own operands (G5).
  static Game.Step judge(Board board, Standing.Named named, Move.Reveal reveal) throws Refused {
    int tensor = named.tensor();
    Refused.unless(reveal.words().isEmpty(), "a block that nobody asked for");
    Opened opened = opened(board, named.difference().roots(), tensor + 1, reveal.operands());
    int claimed;
    try {
      claimed = opened.bits(tensor, named.element());
    } catch (Malformed e) {
      throw Refused.because("%s", e.reason());
    }
    Referee referee = new Referee(board.form(named.difference().microBatch()), opened);
    boolean out = outside(referee, tensor, named.element(), claimed);
    return new Game.Step.Ends(out ? Result.MINER_LOSES : Result.UNDECIDED);
  }

  /// All of them against the miner's roots; before `end` both sides have the same, or only the
  /// miner is judged.
  private static Opened opened(Board board, List<Hash> roots, int end, List<Opening> all)
      throws Refused {
    for (Opening opening : all) {
      int tensor = opening.tensor();
      Refused.unless(tensor < end, "tensor %d is no operand", tensor);
      Refused.unless(
          opening.root(board.count(tensor)).equals(Optional.of(roots.get(tensor))),
          "an opening of tensor %d does not lead to its root",
          tensor);
    }
    return new Opened(all);
  }

  private static boolean outside(Referee referee, int tensor, int element, int bits)
      throws Refused {
    try {
      return referee.judge(tensor, element, bits) == Finding.OUTSIDE;
    } catch (Malformed e) {
      throw Refused.because("%s", e.reason());
    }
  }

  static int firstDifference(Bytes one, Bytes other) {
    for (int at = 0; at < one.size() / Integer.BYTES; at++) {
      if (word(one, at) != word(other, at)) {
        return at;
      }
    }
    Invariant.check(false, "blocks of different roots are equal");
    return 0;
  }

  private static int word(Bytes words, int at) {
    return Integer.reverseBytes(words.asBuffer().getInt(at * Integer.BYTES));
  }

  /// What is left to say once the lists are out, at most: the accuser's groups, both sides' blocks
  /// of one group, two blocks and the operands.
  static int rest(Board board, int tensor) {
    int count = board.count(tensor);
    int hashes = TensorTree.groups(count) + (TensorTree.deep(count) ? 2 * TensorTree.FAN : 0);
    return hashes * HASH_BYTES + 2 * (Move.BLOCK_BYTES + FRAME_BYTES) + most(board, tensor);
  }

  /// Of the last move, at most.
  static int most(Board board, int tensor) {
    return LeafSize.most(board.form(), tensor) + Move.BLOCK_BYTES + FRAME_BYTES;
  }
}
