package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Position of a block in the chain; genesis is 0.
public record Height(long value) implements Comparable<Height> {
  public static final Height GENESIS = new Height(0);

  public Height {
    Invariant.check(value >= 0, "height %d is negative", value);
  }

  public Height next() {
    return new Height(Math.addExact(value, 1));
  }

  public void write(Writer writer) {
    writer.i64(value);
  }

  public static Height read(Reader reader) throws Malformed {
    return new Height(reader.i64());
  }

  @Override
  public int compareTo(Height other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
