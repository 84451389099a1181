package nimble.training;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// What settled rounds came to.
///
/// @param operations metered, validation included; at most what a `long` holds
/// @param net nim-units credited
/// @param fee nim-units burned
public record Earned(int rounds, long operations, long net, long fee) {
  public static final Earned NOTHING = new Earned(0, 0, 0, 0);

  public Earned add(Earned other) {
    return new Earned(
        Math.addExact(rounds, other.rounds),
        operations + Math.min(other.operations, Long.MAX_VALUE - operations),
        Math.addExact(net, other.net),
        Math.addExact(fee, other.fee));
  }

  public long gross() {
    return Math.addExact(net, fee);
  }

  void write(Writer writer) {
    writer.u32(rounds).i64(operations).i64(net).i64(fee);
  }

  static Earned read(Reader reader) throws Malformed {
    return new Earned(reader.length(Integer.MAX_VALUE), reader.i64(), reader.i64(), reader.i64());
  }
}
