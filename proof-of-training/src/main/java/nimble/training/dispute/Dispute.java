package nimble.training.dispute;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A game as the chain keeps it.
///
/// @param moves made so far
/// @param bytes of them
public record Dispute(int moves, int bytes, Standing standing) {
  /// Of all moves together.
  public static final int BYTES_MAX = 100_000;

  public static final int MOVES_MAX = 6;

  public static Dispute open() {
    return new Dispute(0, 0, new Standing.Opened());
  }

  /// Whose move it is; nobody's while validators say what is exact.
  public Optional<Side> side() {
    return switch (standing) {
      case Standing.Opened _, Standing.Accused _, Standing.Grouped _, Standing.Named _ ->
          Optional.of(Side.MINER);
      case Standing.Stated _, Standing.Answered _ -> Optional.of(Side.ACCUSER);
      case Standing.Faced faced -> Optional.of(faced.side());
      case Standing.Contradicted _ -> Optional.empty();
    };
  }

  /// Nobody moved in time, or validators were not enough.
  public Result silence() {
    return side().map(Result::against).orElse(Result.UNDECIDED);
  }

  Dispute then(int more, Standing next) {
    return new Dispute(moves + 1, bytes + more, next);
  }

  public void write(Writer writer) {
    Standing.write(standing, writer.u8(moves).u32(bytes));
  }

  public static Dispute read(Reader reader) throws Malformed {
    return new Dispute(reader.u8(), reader.length(Integer.MAX_VALUE), Standing.read(reader));
  }
}
