package nimble.vm.generation;

import java.util.BitSet;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.tensor.LittleEndian;

/// One row that was generated, as all its stages replay it (G8), and how the last one had to choose
/// (G9).
///
/// @param sampling by which it chose
/// @param chosen the place of the first token that these stages chose: what stands before it came
///   with the request
/// @param draw the number of that choice
/// @param positions that went through the stages
/// @param ids of these, and of the token that the last one's outputs gave, if it was told
public record Row(Sampling sampling, int chosen, int draw, int positions, List<Integer> ids) {
  public static final int POSITIONS_MAX = Replay.BLOCK * Replay.BLOCKS_MAX;

  public Row {
    ids = List.copyOf(ids);
  }

  /// The positions, as the first stage takes them.
  public Bytes input() {
    return LittleEndian.ofInts(
        ids.subList(0, positions).stream().mapToInt(Integer::intValue).toArray());
  }

  public Hash hash() {
    return Hashing.of("row", Writer.encode(this::write));
  }

  /// Whether whoever had outputs about these may have chosen the row's tokens (G9).
  ///
  /// @param outputs of the head, for every position
  /// @param tolerance by which they may be others, relative to the largest
  public boolean isFair(Bytes outputs, double tolerance) {
    int wide = outputs.size() / positions;
    BitSet seen = new BitSet();
    for (int place = 1; place < ids.size(); place++) {
      seen.set(ids.get(place - 1));
      Bytes at = outputs.slice((place - 1) * wide, place * wide);
      if (place >= chosen
          && !FairChoice.of(at, sampling, seen, tolerance)
              .allows(ids.get(place), (long) place - chosen + draw)) {
        return false;
      }
    }
    return true;
  }

  public void write(Writer writer) {
    sampling.write(writer);
    writer.u32(chosen).u32(draw).u32(positions);
    writer.list(ids, POSITIONS_MAX + 1, (id, to) -> to.u32(id));
  }

  public static Row read(Reader reader) throws Malformed {
    Sampling sampling = Sampling.read(reader);
    int chosen = reader.length(POSITIONS_MAX);
    int draw = reader.length(Integer.MAX_VALUE);
    int positions = reader.length(POSITIONS_MAX);
    List<Integer> ids = reader.list(POSITIONS_MAX + 1, from -> from.length(Integer.MAX_VALUE));
    if (chosen < 1 || positions < 1 || ids.size() < positions || ids.size() > positions + 1) {
      throw new Malformed("a row of %d positions and %d ids".formatted(positions, ids.size()));
    }
    return new Row(sampling, chosen, draw, positions, ids);
  }
}
