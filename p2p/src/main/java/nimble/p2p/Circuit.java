package nimble.p2p;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.PublicKey;

/// What transports say to have two connections joined at a relay (rule P15): `RELAY_DIAL key` opens
/// the caller's connection, `RELAY_CALL number` tells the one who is called, over the connection
/// that it keeps, `RELAY_TAKE number` opens its own. `RELAY_READY` is the relay's last frame on
/// both: what follows are the bytes of the other side.
public final class Circuit {
  public static final Message READY = new Message(Kind.RELAY_READY, Bytes.EMPTY);

  private Circuit() {}

  public static Message dial(PublicKey called) {
    return new Message(Kind.RELAY_DIAL, called.bytes());
  }

  public static PublicKey called(Bytes payload) throws Malformed {
    return Reader.decode(payload, PublicKey::read);
  }

  /// @param number the relay's own; only the one who is called may take it
  public static Message call(long number) {
    return numbered(Kind.RELAY_CALL, number);
  }

  public static Message take(long number) {
    return numbered(Kind.RELAY_TAKE, number);
  }

  private static Message numbered(Kind kind, long number) {
    return new Message(kind, Writer.encode(to -> to.i64(number)));
  }

  public static long number(Bytes payload) throws Malformed {
    return Reader.decode(payload, Reader::i64);
  }
}
