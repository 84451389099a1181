package nimble.training;

import java.util.OptionalInt;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// What the last stage says of a round: raw bits of fp32, nats per token. The chain never computes
/// with them.
///
/// @param training mean over the round's steps
/// @param validation of the round's validation, when it ends with one
public record Losses(OptionalInt training, OptionalInt validation) {
  public static final Losses NONE = new Losses(OptionalInt.empty(), OptionalInt.empty());

  void write(Writer writer) {
    writeBits(writer, training);
    writeBits(writer, validation);
  }

  static Losses read(Reader reader) throws Malformed {
    return new Losses(readBits(reader), readBits(reader));
  }

  private static void writeBits(Writer writer, OptionalInt bits) {
    writer.bool(bits.isPresent());
    bits.ifPresent(value -> writer.u32(value & 0xffff_ffffL));
  }

  private static OptionalInt readBits(Reader reader) throws Malformed {
    return reader.bool() ? OptionalInt.of((int) reader.u32()) : OptionalInt.empty();
  }
}
