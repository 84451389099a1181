package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A point on the chain: block time and height. As a deadline it is reached when both are.
public record Moment(long timeMillis, long height) {
  public Moment {
    Invariant.check(timeMillis >= 0 && height >= 0, "moment %d ms, height %d", timeMillis, height);
  }

  /// Whether a block at `now` stands at or after this moment in time *and* in blocks.
  public boolean reachedAt(Moment now) {
    return now.timeMillis >= timeMillis && now.height >= height;
  }

  public void write(Writer writer) {
    writer.i64(timeMillis).i64(height);
  }

  public static Moment read(Reader reader) throws Malformed {
    return new Moment(reader.i64(), reader.i64());
  }
}
