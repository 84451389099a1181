package nimble.node.sync;

import java.util.List;
import nimble.chain.Header;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.light.EpochStep;
import nimble.light.Finality;
import nimble.storage.StateCut;

/// The manifest of a snapshot (S1, S2).
///
/// @param steps to the epoch of the block, from epoch 0 on
/// @param finality of the block whose state this is
/// @param entries in the state
/// @param bytes of all parts
public record Snapshot(
    List<EpochStep> steps, Finality finality, long entries, long bytes, StateCut cut) {
  static final int EPOCHS_MAX = 100_000;
  private static final int VERSION = 1;

  public Snapshot {
    steps = List.copyOf(steps);
    Invariant.check(steps.size() <= EPOCHS_MAX, "%d epochs", steps.size());
  }

  public Header header() {
    return finality.headers().getFirst();
  }

  public long height() {
    return header().height().value();
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public static Snapshot decode(Bytes bytes) throws Malformed {
    return Reader.decode(bytes, Snapshot::read);
  }

  private void write(Writer writer) {
    writer.u8(VERSION).list(steps, EPOCHS_MAX, EpochStep::write);
    finality.write(writer);
    cut.write(writer.i64(entries).i64(bytes));
  }

  private static Snapshot read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new Snapshot(
        reader.list(EPOCHS_MAX, EpochStep::read),
        Finality.read(reader),
        reader.i64(),
        reader.i64(),
        StateCut.read(reader));
  }
}
