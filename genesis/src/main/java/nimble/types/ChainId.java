package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Name of a chain, the first thing in every signed preimage: lower-case letters, digits and
/// dashes, 1 to 32 of them.
public record ChainId(String value) {
  public static final int LENGTH_MAX = 32;

  public ChainId {
    Invariant.check(isValid(value), "chain id '%s' is not [a-z0-9-]{1,32}", value);
  }

  public static boolean isValid(String value) {
    return !value.isEmpty()
        && value.length() <= LENGTH_MAX
        && value.chars().allMatch(ChainId::isAllowed);
  }

  private static boolean isAllowed(int character) {
    return (character >= 'a' && character <= 'z')
        || (character >= '0' && character <= '9')
        || character == '-';
  }

  public void write(Writer writer) {
    writer.string(value, LENGTH_MAX);
  }

  public static ChainId read(Reader reader) throws Malformed {
    String value = reader.string(LENGTH_MAX);
    if (!isValid(value)) {
      throw new Malformed("chain id is not [a-z0-9-]{1,32}");
    }
    return new ChainId(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
