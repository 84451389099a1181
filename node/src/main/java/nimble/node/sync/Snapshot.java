package nimble.node.sync;

import java.util.List;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Certificate;
import nimble.storage.StateCut;

/// The manifest of a snapshot (S1, S2).
///
/// @param header of the block whose state this is
/// @param cover the headers above it, up to the one that `certificate` names; none when that is
///   `header` itself
/// @param ends what ended each epoch from 0 on
/// @param entries in the state
/// @param bytes of all parts
public record Snapshot(
    Header header,
    List<Header> cover,
    Certificate certificate,
    List<EpochEnd> ends,
    long entries,
    long bytes,
    StateCut cut) {
  static final int COVER_MAX = 256;
  static final int EPOCHS_MAX = 100_000;
  private static final int VERSION = 1;

  /// The last block of an epoch, which names the validators of the next.
  public record EpochEnd(Header header, Certificate certificate, ValidatorSet next) {
    private void write(Writer writer) {
      header.write(writer);
      certificate.write(writer);
      next.write(writer);
    }

    private static EpochEnd read(Reader reader) throws Malformed {
      return new EpochEnd(
          Header.read(reader), Certificate.read(reader), ValidatorSet.read(reader));
    }
  }

  public Snapshot {
    cover = List.copyOf(cover);
    ends = List.copyOf(ends);
    Invariant.check(cover.size() <= COVER_MAX, "%d headers", cover.size());
    Invariant.check(ends.size() <= EPOCHS_MAX, "%d epochs", ends.size());
  }

  public long height() {
    return header.height().value();
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public static Snapshot decode(Bytes bytes) throws Malformed {
    return Reader.decode(bytes, Snapshot::read);
  }

  private void write(Writer writer) {
    writer.u8(VERSION);
    header.write(writer);
    writer.list(cover, COVER_MAX, Header::write);
    certificate.write(writer);
    writer.list(ends, EPOCHS_MAX, EpochEnd::write).i64(entries).i64(bytes);
    cut.write(writer);
  }

  private static Snapshot read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new Snapshot(
        Header.read(reader),
        reader.list(COVER_MAX, Header::read),
        Certificate.read(reader),
        reader.list(EPOCHS_MAX, EpochEnd::read),
        reader.i64(),
        reader.i64(),
        StateCut.read(reader));
  }
}
