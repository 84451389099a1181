package nimble.training;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// Where a stage's state after `round` can be fetched.
public record Checkpoint(int round, Hash manifest) {
  void write(Writer writer) {
    writer.u32(round);
    manifest.write(writer);
  }

  static Checkpoint read(Reader reader) throws Malformed {
    return new Checkpoint(reader.length(Integer.MAX_VALUE), Hash.read(reader));
  }
}
