package nimble.consensus;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// What must survive a power cut: an entry of the vote log. Replay is a union, so the order of the
/// entries does not matter, and an entry may stand twice.
public sealed interface VoteRecord {
  long epoch();

  long view();

  /// I am about to sign this vote.
  record Voted(Vote vote) implements VoteRecord {
    @Override
    public long epoch() {
      return vote.epoch();
    }

    @Override
    public long view() {
      return vote.view();
    }
  }

  /// I have seen this verified certificate.
  record Seen(Certificate certificate) implements VoteRecord {
    @Override
    public long epoch() {
      return certificate.epoch();
    }

    @Override
    public long view() {
      return certificate.view();
    }
  }

  /// Nothing below this epoch and view is ever signed (again). Floors only rise; entries below the
  /// highest one may be dropped from the log.
  record Floor(long epoch, long view) implements VoteRecord, Comparable<Floor> {
    public static final Floor NONE = new Floor(0, 0);

    public Floor {
      Invariant.check(epoch >= 0 && view >= 0, "floor %d/%d", epoch, view);
    }

    /// By epoch, then by view.
    @Override
    public int compareTo(Floor other) {
      int byEpoch = Long.compare(epoch, other.epoch);
      return byEpoch == 0 ? Long.compare(view, other.view) : byEpoch;
    }
  }

  default void write(Writer writer) {
    switch (this) {
      case Voted(Vote vote) -> vote.write(writer.u8(1));
      case Seen(Certificate certificate) -> certificate.write(writer.u8(2));
      case Floor(long epoch, long view) -> writer.u8(3).i64(epoch).i64(view);
    }
  }

  static VoteRecord read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Voted(Vote.read(reader));
      case 2 -> new Seen(Certificate.read(reader));
      case 3 -> new Floor(reader.i64(), reader.i64());
      default -> throw new Malformed("vote record %d".formatted(tag));
    };
  }
}
