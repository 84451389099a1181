package nimble.storage;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// What stands in the vote log.
public sealed interface LogEntry {
  int RECORD_MAX = 64 << 10;
  int BODY_MAX = 4 << 20;

  /// The view that the entry belongs to.
  Place at();

  /// A consensus record, opaque to the log.
  record Vote(Place at, Bytes record) implements LogEntry {
    public Vote {
      Invariant.check(record.size() <= RECORD_MAX, "record of %d bytes", record.size());
    }
  }

  /// A block body that was certified and is not final yet.
  record Body(Place at, Hash hash, Bytes body) implements LogEntry {
    public Body {
      Invariant.check(body.size() <= BODY_MAX, "body of %d bytes", body.size());
    }
  }

  /// The floor rose to `at`.
  record Floor(Place at) implements LogEntry {}

  default void write(Writer writer) {
    switch (this) {
      case Vote(Place at, Bytes record) -> {
        at.write(writer.u8(1));
        writer.bytes(record, RECORD_MAX);
      }
      case Body(Place at, Hash hash, Bytes body) -> {
        at.write(writer.u8(2));
        hash.write(writer);
        writer.bytes(body, BODY_MAX);
      }
      case Floor(Place at) -> at.write(writer.u8(3));
    }
  }

  static LogEntry read(Reader reader) throws Malformed {
    int tag = reader.u8();
    Place at = Place.read(reader);
    return switch (tag) {
      case 1 -> new Vote(at, reader.bytes(RECORD_MAX));
      case 2 -> new Body(at, Hash.read(reader), reader.bytes(BODY_MAX));
      case 3 -> new Floor(at);
      default -> throw new Malformed("log entry of kind %d".formatted(tag));
    };
  }
}
