package nimble.training.dispute;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.vm.TrainingSpec;
import nimble.vm.trace.Opening;
import nimble.vm.trace.TensorTree;

/// What a side says (G7).
public sealed interface Move {
  int BLOCK_BYTES = TensorTree.BLOCK * Float.BYTES;
  int PATH_MAX = 32;
  int OPENINGS_MAX = 1_024;

  void write(Writer writer);

  /// Miner, first.
  record State(Statement statement) implements Move {
    @Override
    public void write(Writer writer) {
      statement.write(writer.u8(1));
    }
  }

  /// Accuser: the exact parts are others.
  record Contradict(Hash subject) implements Move {
    @Override
    public void write(Writer writer) {
      subject.write(writer.u8(2));
    }
  }

  /// Accuser: in the miner's own trace the output, or the input gradient, has this root.
  record DenyOutput(int microBatch, boolean backwards, Hash root, List<Hash> path) implements Move {
    public DenyOutput {
      path = List.copyOf(path);
    }

    @Override
    public void write(Writer writer) {
      root.write(writer.u8(3).u16(microBatch).bool(backwards));
      writer.list(path, PATH_MAX, Hash::write);
    }
  }

  /// Accuser: a block of the committed gradient is not what the micro-batches' add up to.
  ///
  /// @param committed of the tensor of the committed gradient
  /// @param parts of each micro-batch's gradient, the same block
  record DenyGradient(Opening committed, List<Part> parts) implements Move {
    public DenyGradient {
      parts = List.copyOf(parts);
    }

    /// @param root of the gradient's tensor, with its path in the trace
    public record Part(Hash root, List<Hash> path, Opening opening) {
      public Part {
        path = List.copyOf(path);
      }

      private void write(Writer writer) {
        root.write(writer);
        opening.write(writer.list(path, PATH_MAX, Hash::write));
      }

      private static Part read(Reader reader) throws Malformed {
        return new Part(Hash.read(reader), reader.list(PATH_MAX, Hash::read), Opening.read(reader));
      }
    }

    @Override
    public void write(Writer writer) {
      committed.write(writer.u8(4));
      writer.list(parts, TrainingSpec.MICRO_BATCHES_MAX, Part::write);
    }
  }

  /// Accuser: roots of all tensors of a micro-batch.
  record Accuse(int microBatch, List<Hash> roots) implements Move {
    public Accuse {
      roots = List.copyOf(roots);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(5).u16(microBatch).list(roots, Board.TENSORS_MAX, Hash::write);
    }
  }

  /// Miner: its roots of that micro-batch, and the groups of the first tensor that differs.
  record Answer(List<Hash> roots, List<Hash> groups) implements Move {
    public Answer {
      roots = List.copyOf(roots);
      groups = List.copyOf(groups);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(6).list(roots, Board.TENSORS_MAX, Hash::write);
      writer.list(groups, TensorTree.FAN, Hash::write);
    }
  }

  /// Accuser: its groups of that tensor; then, where groups hold several blocks, the blocks of the
  /// first group that differs, otherwise the first block that differs.
  record Descend(List<Hash> groups, List<Hash> blocks, Bytes words) implements Move {
    public Descend {
      groups = List.copyOf(groups);
      blocks = List.copyOf(blocks);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(7).list(groups, TensorTree.FAN, Hash::write);
      writer.list(blocks, TensorTree.FAN, Hash::write).bytes(words, BLOCK_BYTES);
    }
  }

  /// Accuser: this number of the miner's is none.
  record Name(int tensor, int element) implements Move {
    @Override
    public void write(Writer writer) {
      writer.u8(8).u16(tensor).u32(element);
    }
  }

  /// Miner: its blocks of that group, and the first that differs.
  record Blocks(List<Hash> blocks, Bytes words) implements Move {
    public Blocks {
      blocks = List.copyOf(blocks);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(9).list(blocks, TensorTree.FAN, Hash::write).bytes(words, BLOCK_BYTES);
    }
  }

  /// Whoever moves last: its own block, and the operands of the first number that differs. For a
  /// number that was named: empty, and the number's own block among the operands.
  record Reveal(Bytes words, List<Opening> operands) implements Move {
    public Reveal {
      operands = List.copyOf(operands);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(10).bytes(words, BLOCK_BYTES).list(operands, OPENINGS_MAX, Opening::write);
    }
  }

  static Move read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new State(Statement.read(reader));
      case 2 -> new Contradict(Hash.read(reader));
      case 3 -> {
        int microBatch = reader.u16();
        boolean backwards = reader.bool();
        yield new DenyOutput(
            microBatch, backwards, Hash.read(reader), reader.list(PATH_MAX, Hash::read));
      }
      case 4 ->
          new DenyGradient(
              Opening.read(reader),
              reader.list(TrainingSpec.MICRO_BATCHES_MAX, DenyGradient.Part::read));
      case 5 -> new Accuse(reader.u16(), reader.list(Board.TENSORS_MAX, Hash::read));
      case 6 ->
          new Answer(
              reader.list(Board.TENSORS_MAX, Hash::read), reader.list(TensorTree.FAN, Hash::read));
      case 7 ->
          new Descend(
              reader.list(TensorTree.FAN, Hash::read),
              reader.list(TensorTree.FAN, Hash::read),
              reader.bytes(BLOCK_BYTES));
      case 8 -> new Name(reader.u16(), reader.length(Integer.MAX_VALUE));
      case 9 -> new Blocks(reader.list(TensorTree.FAN, Hash::read), reader.bytes(BLOCK_BYTES));
      case 10 -> new Reveal(reader.bytes(BLOCK_BYTES), reader.list(OPENINGS_MAX, Opening::read));
      default -> throw new Malformed("unknown move %d".formatted(tag));
    };
  }
}
