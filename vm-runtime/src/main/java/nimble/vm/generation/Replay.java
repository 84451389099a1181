package nimble.vm.generation;

import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.audit.Projection;
import nimble.vm.tensor.LittleEndian;

/// What one stage says of one row that it generated (G8): its outputs in one teacher-forced pass of
/// fixed shape, [#BLOCK] positions at a time, five bytes a position.
///
/// @param row [Row#hash]
/// @param left of its inputs: what the stage before it has as [#right]
/// @param blocks in order; the last may stand for fewer positions
public record Replay(Hash row, Hash left, List<Block> blocks) {
  public static final int BLOCK = 32;
  public static final int BLOCKS_MAX = 1 << 12;

  private static final int HALF = 16;

  public Replay {
    blocks = List.copyOf(blocks);
  }

  /// @param digest of the block's outputs, to the bit
  /// @param projection of them, its numbers rounded to bf16
  public record Block(Hash digest, Projection projection) {
    void write(Writer writer) {
      digest.write(writer);
      for (int bits : LittleEndian.ints(projection.bytes())) {
        writer.u16(bits >>> HALF);
      }
    }

    static Block read(Reader reader) throws Malformed {
      Hash digest = Hash.read(reader);
      int[] bits = new int[Projection.NUMBERS];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = reader.u16() << HALF;
      }
      return new Block(digest, new Projection(LittleEndian.ofInts(bits)));
    }
  }

  /// What a stage says, and what it hands to the next.
  ///
  /// @param outputs of the row's positions
  public record Pass(Bytes outputs, Replay replay) {}

  /// @param program of one row
  /// @param input of its positions, at most the context: ids on the first stage
  public static Pass of(StageProgram program, Row row, Bytes input) {
    StageSpec spec = program.spec();
    Invariant.check(spec.rows() == 1, "%d rows", spec.rows());
    byte[] whole = input.toArray(spec.inputBytes());
    int wide = spec.outWidth() * Float.BYTES;
    Bytes outputs = program.infer(Bytes.wrap(whole)).slice(0, row.positions() * wide);
    List<Block> blocks = new ArrayList<>();
    for (Bytes part : parts(outputs, row.positions())) {
      blocks.add(block(part, row.hash(), blocks.size()));
    }
    return new Pass(outputs, new Replay(row.hash(), left(input, row.positions()), blocks));
  }

  private static List<Bytes> parts(Bytes whole, int positions) {
    int wide = whole.size() / positions;
    List<Bytes> parts = new ArrayList<>();
    for (int from = 0; from < positions; from += BLOCK) {
      parts.add(whole.slice(from * wide, Math.min(positions, from + BLOCK) * wide));
    }
    return parts;
  }

  /// What a stage that was given this has as [Replay#left].
  static Hash left(Bytes input, int positions) {
    return edge(parts(input, positions).stream().map(Hashing::sha256).toList());
  }

  /// What the next stage was given.
  public Hash right() {
    return edge(blocks.stream().map(Block::digest).toList());
  }

  private static Hash edge(List<Hash> digests) {
    return Hashing.of(
        "replay-edge", Writer.encode(writer -> writer.list(digests, BLOCKS_MAX, Hash::write)));
  }

  private static Block block(Bytes outputs, Hash row, int number) {
    return new Block(Hashing.sha256(outputs), projection(outputs, row, number).rounded());
  }

  /// Of the outputs of a block, not rounded.
  private static Projection projection(Bytes outputs, Hash row, int number) {
    return Projection.of(outputs, Hashing.of("replay-block", row.bytes(), Bytes.ofU64(number)));
  }

  /// Whether this is as near to our own outputs as classes are.
  ///
  /// @param outputs our own, of all positions
  boolean isNear(Bytes outputs, int positions, double tolerance) {
    List<Bytes> parts = parts(outputs, positions);
    for (int i = 0; i < parts.size(); i++) {
      if (!projection(parts.get(i), row, i).roundsTo(blocks.get(i).projection(), tolerance)) {
        return false;
      }
    }
    return true;
  }

  /// What stands for it in a promise.
  public Hash hash() {
    return Hashing.of("replay", Writer.encode(this::write));
  }

  public void write(Writer writer) {
    row.write(writer);
    left.write(writer);
    writer.list(blocks, BLOCKS_MAX, Block::write);
  }

  public static Replay read(Reader reader) throws Malformed {
    return new Replay(Hash.read(reader), Hash.read(reader), reader.list(BLOCKS_MAX, Block::read));
  }
}
