package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.ledger.Overlay;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;

/// An event in its place: a leaf of the job's range (J11). State keeps the entries of one block
/// only; whoever wants them all takes them from each block's writes.
///
/// @param sequence its number in the job, from 0
public record JobEntry(JobId job, long sequence, Moment at, JobEvent event) {
  /// Entries of one job in one block.
  public static final int PER_BLOCK_MAX = 8_192;

  private static final int VERSION = 1;

  /// What a block's execution wrote, by job and sequence: the bodies for the job index.
  public static List<JobEntry> in(Map<Bytes, Optional<Bytes>> writes) {
    List<JobEntry> entries = new ArrayList<>();
    Bytes prefix = Jobs.key(Jobs.EVENTS);
    for (Map.Entry<Bytes, Optional<Bytes>> write : writes.entrySet()) {
      if (write.getKey().startsWith(prefix)) {
        entries.addAll(decodeAll(write.getValue().orElseThrow()));
      }
    }
    return List.copyOf(entries);
  }

  /// The path that proves entry `index` of all of a job's `entries` so far, for
  /// [MerkleMountainRange#holds].
  public static List<Hash> path(List<JobEntry> entries, int index) {
    return Merkle.path(entries.stream().map(JobEntry::encode).toList(), index);
  }

  /// Adds to the entries that state keeps of the block at `at`.
  static void append(Overlay state, JobId job, Moment at, List<JobEntry> more) {
    Bytes key = Jobs.key(Jobs.EVENTS, job);
    List<JobEntry> all = new ArrayList<>(state.get(key).map(JobEntry::decodeAll).orElse(List.of()));
    all.removeIf(entry -> !entry.at().equals(at));
    all.addAll(more);
    state.write(key, writer -> writer.list(all, PER_BLOCK_MAX, JobEntry::write));
  }

  private static List<JobEntry> decodeAll(Bytes bytes) {
    try {
      return Reader.decode(bytes, reader -> reader.list(PER_BLOCK_MAX, JobEntry::read));
    } catch (Malformed e) {
      throw new IllegalStateException("job entries are not what was written", e);
    }
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    job.write(writer.u8(VERSION));
    writer.i64(sequence);
    at.write(writer);
    event.write(writer);
  }

  public static JobEntry read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new JobEntry(
        JobId.read(reader), reader.i64(), Moment.read(reader), JobEvent.read(reader));
  }
}
