package nimble.light;

import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// What a checkpoint is the digest of, and the validators that its header names.
public record Anchor(Header header, ValidatorSet set) {
  public void write(Writer writer) {
    header.write(writer);
    set.write(writer);
  }

  public static Anchor read(Reader reader) throws Malformed {
    return new Anchor(Header.read(reader), ValidatorSet.read(reader));
  }
}
