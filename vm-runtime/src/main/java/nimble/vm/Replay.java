package nimble.vm;

import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;

/// What one stage says of one row that it generated (G8): its outputs in one teacher-forced pass of
/// fixed shape, [#BLOCK] positions at a time, five bytes a position.
///
/// @param blocks in order; the last may stand for fewer positions
public record Replay(List<Block> blocks) {
  public static final int BLOCK = 32;
  public static final int BLOCKS_MAX = 1 << 12;

  private static final int HALF = 16;
  private static final int ROUNDING = 0x7fff;

  /// Of a projection's numbers, which are kept with eight bits: as much may they be apart.
  private static final double ROUNDED = 0x1p-7;

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

  /// How another's replay of a block compares with ours.
  public enum Match {
    /// To the bit: machines of one class, or nobody computed.
    EQUAL,
    /// As near as machines of different classes are.
    NEAR,
    FAR
  }

  /// What a stage says, and what it hands to the next.
  ///
  /// @param outputs of the row's positions
  public record Pass(Bytes outputs, Replay replay) {}

  /// @param program of one row
  /// @param input of the row's positions, at most the context: ids on the first stage
  /// @param seed of the projections
  public static Pass of(StageProgram program, Bytes input, Hash seed) {
    StageSpec spec = program.spec();
    Invariant.check(spec.rows() == 1, "%d rows", spec.rows());
    int positions = input.size() / Float.BYTES / spec.inWidth();
    byte[] whole = input.toArray(spec.inputBytes());
    int wide = spec.outWidth() * Float.BYTES;
    Bytes outputs = program.infer(Bytes.wrap(whole)).slice(0, positions * wide);
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < positions; from += BLOCK) {
      int end = Math.min(positions, from + BLOCK);
      blocks.add(block(outputs.slice(from * wide, end * wide), seed, blocks.size()));
    }
    return new Pass(outputs, new Replay(blocks));
  }

  private static Block block(Bytes outputs, Hash seed, int number) {
    Floats vector = Floats.zeros(outputs.size() / Float.BYTES);
    try (vector) {
      vector.putBytes(0, outputs);
      Hash own = Hashing.of("replay-block", seed.bytes(), Bytes.ofU64(number));
      return new Block(Hashing.sha256(outputs), rounded(Projection.of(vector, own)));
    }
  }

  /// Half to even; what is no number stays none.
  private static Projection rounded(Projection projection) {
    int[] bits = LittleEndian.ints(projection.bytes());
    for (int i = 0; i < bits.length; i++) {
      boolean finite = Float.isFinite(Float.intBitsToFloat(bits[i]));
      int up = finite ? ROUNDING + ((bits[i] >>> HALF) & 1) : 0;
      bits[i] = ((bits[i] + up) >>> HALF) << HALF;
    }
    return new Projection(LittleEndian.ofInts(bits));
  }

  /// One block of a claim against the same block of our own pass.
  public static Match compare(Block ours, Block claimed, double tolerance) {
    if (ours.digest().equals(claimed.digest()) && ours.projection().equals(claimed.projection())) {
      return Match.EQUAL;
    }
    boolean near = ours.projection().isNear(claimed.projection(), tolerance + ROUNDED);
    return near ? Match.NEAR : Match.FAR;
  }

  /// What stands for it in a receipt's list.
  public Hash hash() {
    return Hashing.of("replay", Writer.encode(this::write));
  }

  public void write(Writer writer) {
    writer.list(blocks, BLOCKS_MAX, Block::write);
  }

  public static Replay read(Reader reader) throws Malformed {
    return new Replay(reader.list(BLOCKS_MAX, Block::read));
  }
}
