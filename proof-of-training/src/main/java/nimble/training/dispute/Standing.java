package nimble.training.dispute;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.vm.trace.TensorTree;

/// What a dispute waits for, and what it has to remember for it.
public sealed interface Standing {
  /// The miner's [Move.State].
  record Opened() implements Standing {}

  /// Any of the accuser's second moves.
  record Stated(Statement statement) implements Standing {}

  /// Validators, not a side: whose exact parts are right (G2).
  record Contradicted(Hash miners, Hash accusers) implements Standing {}

  /// The miner's [Move.Answer].
  ///
  /// @param trace the miner's root
  /// @param roots the accuser's
  record Accused(int microBatch, Statement.Exact exact, Hash trace, List<Hash> roots)
      implements Standing {
    public Accused {
      roots = List.copyOf(roots);
    }
  }

  /// [Move.Descend] or [Move.Name].
  ///
  /// @param groups the miner's
  /// @param accusers root of the first tensor that differs
  record Answered(Difference difference, Hash accusers, List<Hash> groups) implements Standing {
    public Answered {
      groups = List.copyOf(groups);
    }
  }

  /// The miner's [Move.Blocks].
  ///
  /// @param miners root of the group
  /// @param accusers blocks
  record Grouped(Difference difference, int group, Hash miners, List<Hash> accusers)
      implements Standing {
    public Grouped {
      accusers = List.copyOf(accusers);
    }
  }

  /// The last move, [Move.Reveal].
  ///
  /// @param side that opens
  /// @param root of its block
  /// @param words the other side's block
  record Faced(Difference difference, int block, Side side, Hash root, Bytes words)
      implements Standing {}

  /// The miner's [Move.Reveal] of a number that was named.
  record Named(Difference difference, int tensor, int element) implements Standing {}

  /// Where the two lists part.
  ///
  /// @param tensor the first that differs
  /// @param roots the miner's, of all tensors
  record Difference(int microBatch, int tensor, List<Hash> roots) {
    public Difference {
      roots = List.copyOf(roots);
    }

    private void write(Writer writer) {
      writer.u16(microBatch).u16(tensor).list(roots, Board.TENSORS_MAX, Hash::write);
    }

    private static Difference read(Reader reader) throws Malformed {
      return new Difference(reader.u16(), reader.u16(), reader.list(Board.TENSORS_MAX, Hash::read));
    }
  }

  static void write(Standing standing, Writer writer) {
    switch (standing) {
      case Opened() -> writer.u8(1);
      case Stated(var statement) -> statement.write(writer.u8(2));
      case Contradicted(Hash miners, Hash accusers) -> {
        miners.write(writer.u8(3));
        accusers.write(writer);
      }
      case Accused(int microBatch, var exact, Hash trace, var roots) -> {
        exact.write(writer.u8(4).u16(microBatch));
        trace.write(writer);
        writer.list(roots, Board.TENSORS_MAX, Hash::write);
      }
      case Answered(var difference, Hash accusers, var groups) -> {
        difference.write(writer.u8(5));
        accusers.write(writer);
        writer.list(groups, TensorTree.FAN, Hash::write);
      }
      case Grouped(var difference, int group, Hash miners, var accusers) -> {
        difference.write(writer.u8(6));
        miners.write(writer.u16(group));
        writer.list(accusers, TensorTree.FAN, Hash::write);
      }
      case Faced(var difference, int block, Side side, Hash root, Bytes words) -> {
        difference.write(writer.u8(7));
        root.write(writer.u32(block).bool(side == Side.ACCUSER));
        writer.bytes(words, Move.BLOCK_BYTES);
      }
      case Named(var difference, int tensor, int element) -> {
        difference.write(writer.u8(8));
        writer.u16(tensor).u32(element);
      }
    }
  }

  static Standing read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Opened();
      case 2 -> new Stated(Statement.read(reader));
      case 3 -> new Contradicted(Hash.read(reader), Hash.read(reader));
      case 4 ->
          new Accused(
              reader.u16(),
              Statement.Exact.read(reader),
              Hash.read(reader),
              reader.list(Board.TENSORS_MAX, Hash::read));
      case 5 ->
          new Answered(
              Difference.read(reader), Hash.read(reader), reader.list(TensorTree.FAN, Hash::read));
      case 6 ->
          new Grouped(
              Difference.read(reader),
              reader.u16(),
              Hash.read(reader),
              reader.list(TensorTree.FAN, Hash::read));
      case 7 -> {
        Difference difference = Difference.read(reader);
        int block = reader.length(TensorTree.BLOCKS_MAX);
        Side side = reader.bool() ? Side.ACCUSER : Side.MINER;
        yield new Faced(difference, block, side, Hash.read(reader), reader.bytes(Move.BLOCK_BYTES));
      }
      case 8 -> new Named(Difference.read(reader), reader.u16(), reader.length(Integer.MAX_VALUE));
      default -> throw new Malformed("unknown standing %d".formatted(tag));
    };
  }
}
