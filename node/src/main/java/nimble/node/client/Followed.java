package nimble.node.client;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.light.Anchor;

/// What is remembered of a chain from one call to the next (Y10).
///
/// @param root the trusted point that it followed from, in words that tell it from any other
/// @param rootMillis when that was
/// @param periodMillis how old a trusted point may be, 0 for any age
/// @param testAddresses how the chain's addresses are written
/// @param anchor the newest block that was proven, with the validators of its epoch
public record Followed(
    String root, long rootMillis, long periodMillis, boolean testAddresses, Anchor anchor) {
  public static final int BYTES_MAX = 4 << 20;
  private static final int ROOT_MAX = 200;
  private static final int VERSION = 1;

  public Bytes encode() {
    return Writer.encode(writer -> {
      writer.u8(VERSION).string(root, ROOT_MAX).i64(rootMillis).i64(periodMillis);
      anchor.write(writer.bool(testAddresses));
    });
  }

  public static Followed decode(Bytes bytes) throws Malformed {
    return Reader.decode(
        bytes,
        reader -> {
          reader.version(VERSION);
          return new Followed(
              reader.string(ROOT_MAX),
              reader.i64(),
              reader.i64(),
              reader.bool(),
              Anchor.read(reader));
        });
  }
}
