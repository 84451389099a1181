package nimble.consensus;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// What validators send each other. Payloads travel outside of consensus.
public sealed interface Message permits SignedVote, Certificate, Request {
  void write(Writer writer);

  long epoch();

  /// The message behind its tag, as it stands in an envelope.
  default void writeTagged(Writer writer) {
    writer.u8(
        switch (this) {
          case SignedVote _ -> 1;
          case Certificate _ -> 2;
          case Request _ -> 3;
        });
    write(writer);
  }

  static Message readTagged(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> SignedVote.read(reader);
      case 2 -> Certificate.read(reader);
      case 3 -> Request.read(reader);
      default -> throw new Malformed("message %d".formatted(tag));
    };
  }
}
