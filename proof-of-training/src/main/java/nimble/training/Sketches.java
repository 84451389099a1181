package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Hash;

/// What auditors committed to and reported about the drift of one stage (J32).
///
/// @param entries of the running epoch and the one before
public record Sketches(List<Entry> entries, Optional<Suspicion> suspicion) {
  static final Sketches NONE = new Sketches(List.of(), Optional.empty());
  private static final int ENTRIES_MAX = 2 * Limits.AUDITORS_MAX;

  /// @param commitment to the key of the auditor's sketch in `epoch`
  /// @param opened the miner of which it told; empty while it has not
  /// @param reported whether what it told is a report
  public record Entry(
      Address auditor, long epoch, Hash commitment, Optional<Address> opened, boolean reported) {
    private void write(Writer writer) {
      auditor.write(writer);
      commitment.write(writer.i64(epoch));
      writer.optional(opened, Address::write).bool(reported);
    }

    private static Entry read(Reader reader) throws Malformed {
      return new Entry(
          Address.read(reader),
          reader.i64(),
          Hash.read(reader),
          reader.optional(Address::read),
          reader.bool());
    }
  }

  public Sketches {
    entries = List.copyOf(entries);
  }

  public Optional<Entry> of(Address auditor, long epoch) {
    return entries.stream()
        .filter(entry -> entry.auditor().equals(auditor) && entry.epoch() == epoch)
        .findFirst();
  }

  /// Older epochs are forgotten.
  Sketches commit(Address auditor, long epoch, Hash commitment) {
    List<Entry> newest = new ArrayList<>(entries);
    newest.removeIf(entry -> entry.epoch() < epoch - 1);
    newest.add(new Entry(auditor, epoch, commitment, Optional.empty(), false));
    return new Sketches(newest, suspicion);
  }

  Sketches open(Address auditor, long epoch, Address miner, boolean reports) {
    List<Entry> all =
        entries.stream()
            .map(entry ->
                entry.auditor().equals(auditor) && entry.epoch() == epoch
                    ? new Entry(auditor, epoch, entry.commitment(), Optional.of(miner), reports)
                    : entry)
            .toList();
    return new Sketches(all, suspicion);
  }

  /// Who reported `miner` for `epoch`.
  List<Address> reporters(Address miner, long epoch) {
    return entries.stream()
        .filter(entry -> entry.epoch() == epoch && entry.reported())
        .filter(entry -> entry.opened().equals(Optional.of(miner)))
        .map(Entry::auditor)
        .toList();
  }

  Sketches with(Optional<Suspicion> changed) {
    return new Sketches(entries, changed);
  }

  void write(Writer writer) {
    writer.list(entries, ENTRIES_MAX, Entry::write).optional(suspicion, Suspicion::write);
  }

  static Sketches read(Reader reader) throws Malformed {
    return new Sketches(reader.list(ENTRIES_MAX, Entry::read), reader.optional(Suspicion::read));
  }
}
