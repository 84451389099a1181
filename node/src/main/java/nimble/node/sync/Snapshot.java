package nimble.node.sync;

import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.light.Finality;
import nimble.storage.StateCut;

/// The manifest of a snapshot (S1, S2).
///
/// @param finality of the block whose state this is
/// @param entries in the state
/// @param bytes of all parts
public record Snapshot(Finality finality, long entries, long bytes, StateCut cut) {
  private static final int VERSION = 2;

  public Header header() {
    return finality.headers().getFirst();
  }

  public long height() {
    return header().height().value();
  }

  /// Malformed when the parts are not those of the block's state, be it final or not.
  void checkParts() throws Malformed {
    if (!cut.root().equals(header().stateRoot())) {
      throw new Malformed("its parts are not the state of block %s".formatted(header().height()));
    }
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public static Snapshot decode(Bytes bytes) throws Malformed {
    return Reader.decode(bytes, Snapshot::read);
  }

  private void write(Writer writer) {
    finality.write(writer.u8(VERSION));
    cut.write(writer.i64(entries).i64(bytes));
  }

  private static Snapshot read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new Snapshot(Finality.read(reader), reader.i64(), reader.i64(), StateCut.read(reader));
  }
}
