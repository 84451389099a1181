package nimble.training.role.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.training.HostAccount;
import nimble.types.Hash;

/// The rows of one receipt, in order: what a host shows of it when one of them is drawn (R31).
public record RowList(List<RowEntry> entries) {
  static final int ROWS_MAX = 1_024;
  static final RowList NONE = new RowList(List.of());

  public RowList {
    entries = List.copyOf(entries);
  }

  RowList append(RowEntry entry) {
    List<RowEntry> all = new ArrayList<>(entries);
    all.add(entry);
    return new RowList(all);
  }

  Hash root() {
    return Merkle.root(entries.stream().map(RowEntry::leaf).toList());
  }

  /// Whether it is the list that the account's unsettled receipt committed to.
  public boolean isOf(HostAccount account) {
    return account
        .served()
        .pending()
        .filter(batch -> batch.root().equals(root()))
        .filter(batch -> !entries.isEmpty() && entries.getLast().tokens() == batch.tokens())
        .isPresent();
  }

  /// The row in which position `position` is, counted from the first that the host served.
  public Optional<RowEntry> at(long position) {
    return entries.stream().filter(entry -> position < entry.tokens()).findFirst();
  }

  /// Positions before a row.
  ///
  /// @param from before the first
  public long before(RowEntry row, long from) {
    int index = entries.indexOf(row);
    return index == 0 ? from : entries.get(index - 1).tokens();
  }

  /// As it stands on the shelf, and is shown.
  public Bytes encode() {
    return Writer.encode(this::write);
  }

  void write(Writer writer) {
    writer.list(entries, ROWS_MAX, RowEntry::write);
  }

  public static RowList read(Reader reader) throws Malformed {
    return new RowList(reader.list(ROWS_MAX, RowEntry::read));
  }
}
