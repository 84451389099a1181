package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A protocol duration, written `seconds/blocks`. It has passed when *both* have: seconds guard
/// against a fast chain, blocks give everyone a turn after an outage.
public record Span(long millis, long blocks) {
  public Span {
    Invariant.check(millis >= 0 && blocks >= 0, "span %d ms/%d blocks", millis, blocks);
  }

  /// The moment at which this span, begun at `start`, has passed.
  public Moment after(Moment start) {
    return new Moment(
        Math.addExact(start.timeMillis(), millis), Math.addExact(start.height(), blocks));
  }

  public void write(Writer writer) {
    writer.i64(millis).i64(blocks);
  }

  public static Span read(Reader reader) throws Malformed {
    return new Span(reader.i64(), reader.i64());
  }

  @Override
  public String toString() {
    return "%d ms/%d".formatted(millis, blocks);
  }
}
