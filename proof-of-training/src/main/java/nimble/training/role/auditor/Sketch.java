package nimble.training.role.auditor;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.vm.audit.Drift;

/// What an auditor remembers in one epoch of how one miner's work was off its own (R22).
///
/// @param audits whose directions are in it: each counts once, whatever is computed again
record Sketch(long epoch, Address miner, Drift drift, SortedSet<Long> audits) {
  /// Beyond, nothing is added: by then it is known what the miner is like.
  static final int AUDITS_MAX = 4_096;

  Sketch {
    audits = Collections.unmodifiableSortedSet(new TreeSet<>(audits));
  }

  static Sketch of(long epoch, Address miner) {
    return new Sketch(epoch, miner, Drift.NONE, Collections.emptySortedSet());
  }

  /// The same when it knows the audit already.
  ///
  /// @param direction see [nimble.vm.audit.StageAudit#drift]
  Sketch add(long audit, Bytes direction) {
    if (audits.contains(audit) || audits.size() == AUDITS_MAX) {
      return this;
    }
    SortedSet<Long> all = new TreeSet<>(audits);
    all.add(audit);
    return new Sketch(epoch, miner, drift.add(direction), all);
  }

  void write(Writer writer) {
    miner.write(writer.i64(epoch));
    writer.raw(drift.sums());
    writer.list(audits, AUDITS_MAX, (audit, to) -> to.i64(audit));
  }

  static Sketch read(Reader reader) throws Malformed {
    long epoch = reader.i64();
    Address miner = Address.read(reader);
    Bytes sums = reader.fixed(Drift.SIZE);
    List<Long> listed = reader.list(AUDITS_MAX, from -> from.i64());
    SortedSet<Long> audits = new TreeSet<>(listed);
    if (!List.copyOf(audits).equals(listed)) {
      throw new Malformed("audits out of order");
    }
    return new Sketch(epoch, miner, new Drift(audits.size(), sums), audits);
  }
}
