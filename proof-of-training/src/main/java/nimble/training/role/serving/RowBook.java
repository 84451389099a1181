package nimble.training.role.serving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.ServePromise;
import nimble.chain.StageSlot;
import nimble.training.Served;
import nimble.training.role.HostEffect;
import nimble.training.role.Outcome;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// The rows that one host served and is owed for (R28, R31): their evidence is on the shelf before
/// a promise counts, and their list before the receipt is brought.
final class RowBook {
  /// What the names of groups with rows begin with.
  static final String GROUPS = "rows-";

  /// Replays that wait for their promise.
  private static final int SAID_MAX = 256;

  private final StageSlot slot;
  private final int attempt;
  private final boolean takesTokens;
  private final SortedMap<Hash, Outcome.Replayed> said = new TreeMap<>();
  private final Deque<Hash> order = new ArrayDeque<>();
  private long from;
  private RowList rows = RowList.NONE;
  private @Nullable SignedPromise newest;
  private @Nullable Keeping keeping;
  private @Nullable Bringing bringing;
  private boolean writing;

  /// A row that is on its way to the shelf.
  private record Keeping(SignedPromise promise, RowEntry entry) {}

  /// @param written its list is on the shelf
  private record Bringing(ServeReceipt receipt, String group, RowList rows, boolean written) {}

  /// @param from positions for which it was brought a receipt
  RowBook(StageSlot slot, int attempt, boolean takesTokens, long from) {
    this.slot = slot;
    this.attempt = attempt;
    this.takesTokens = takesTokens;
    this.from = from;
  }

  /// Of the receipt that follows so many positions.
  static String group(StageSlot slot, int attempt, long from) {
    return "%s%d-%d-%d-%d-%d"
        .formatted(GROUPS, slot.job().value(), slot.stage(), slot.replica(), attempt, from);
  }

  /// Rows that were promised and not brought.
  int rows() {
    return rows.entries().size();
  }

  /// Positions that were promised.
  long promised() {
    return newest == null ? from : newest.promise().tokens();
  }

  void replayed(Outcome.Replayed outcome) {
    Hash hash = outcome.replay().hash();
    if (said.put(hash, outcome) == null) {
      order.addLast(hash);
    }
    if (order.size() > SAID_MAX) {
      said.remove(order.removeFirst());
    }
  }

  /// Promised by the seat's gateway.
  void promised(SignedPromise signed, List<HostEffect> effects) {
    ServePromise promise = signed.promise();
    Outcome.Replayed row = said.get(promise.row());
    if (promise.attempt() != attempt
        || promise.from() != promised()
        || row == null
        || keeping != null
        || rows.entries().size() == RowList.ROWS_MAX) {
      return;
    }
    Blob blob = RowEvidence.of(signed, row, takesTokens).blob();
    keeping =
        new Keeping(signed, new RowEntry(promise.tokens(), blob.id(), blob.manifest().size()));
    effects.add(
        new HostEffect.KeepEvidence(
            slot, group(slot, attempt, from), blob.manifest(), blob.chunks()));
  }

  /// Whether the promise counts: what is asked again is answered again.
  boolean hasTaken(ServePromise promise) {
    return newest != null && newest.promise().equals(promise);
  }

  /// @return the promise that counts from now on
  Optional<ServePromise> kept(Hash manifest, boolean kept) {
    Keeping row = keeping;
    if (row == null || !row.entry().evidence().equals(manifest)) {
      return Optional.empty();
    }
    keeping = null;
    if (!kept) {
      return Optional.empty();
    }
    newest = row.promise();
    rows = rows.append(row.entry());
    said.remove(row.promise().promise().row());
    return Optional.of(row.promise().promise());
  }

  /// The receipt over all rows so far, if none is being brought; its list goes to the shelf first.
  void bring(List<HostEffect> effects) {
    SignedPromise last = newest;
    if (bringing != null || keeping != null || last == null || rows.entries().isEmpty()) {
      return;
    }
    String group = group(slot, attempt, from);
    bringing =
        new Bringing(
            new ServeReceipt(last.promise(), last.gateway(), rows.root()), group, rows, false);
    from = last.promise().tokens();
    rows = RowList.NONE;
    write(effects);
  }

  /// Also again, where there was no room.
  void write(List<HostEffect> effects) {
    Bringing its = bringing;
    if (its != null && !its.written() && !writing) {
      writing = true;
      effects.add(new HostEffect.WriteEvidence(slot, its.group(), its.rows().encode()));
    }
  }

  void written(boolean kept) {
    Bringing its = bringing;
    writing = false;
    if (its != null) {
      bringing = new Bringing(its.receipt(), its.group(), its.rows(), kept);
    }
  }

  /// What the chain should see.
  Optional<ServeReceipt> receipt(Served served) {
    Bringing its = bringing;
    if (its == null) {
      return Optional.empty();
    }
    if (its.receipt().tokens() <= served.claimed()) {
      bringing = null;
      return Optional.empty();
    }
    return its.written() && served.pending().isEmpty()
        ? Optional.of(its.receipt())
        : Optional.empty();
  }

  /// Groups that are of use to it.
  List<String> groups() {
    List<String> all = new ArrayList<>(List.of(group(slot, attempt, from)));
    Optional.ofNullable(bringing).map(Bringing::group).ifPresent(all::add);
    return all;
  }
}
