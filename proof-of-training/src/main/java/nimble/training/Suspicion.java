package nimble.training;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.spec.Limits;
import nimble.types.Address;

/// A miner whose deviations add up, as two auditors say (J32): audited at one half until it is
/// over.
///
/// @param until the first epoch in which it is not suspected any more
/// @param reporters two of different accounts
/// @param extra open audits that would not have been drawn without it
/// @param owed fees of those that found nothing
/// @param found whether any audit of the miner found anything
public record Suspicion(
    Address miner,
    long until,
    List<Address> reporters,
    List<Long> extra,
    long owed,
    boolean found) {
  /// What counts as a report, in thousandths of a standard deviation.
  public static final long REPORT_MILLI_Z = 6_000;

  static final int REPORTERS = 2;

  public Suspicion {
    reporters = List.copyOf(reporters);
    extra = List.copyOf(extra);
  }

  Suspicion drawn(long audit) {
    List<Long> more = new ArrayList<>(extra);
    more.add(audit);
    return new Suspicion(miner, until, reporters, more, owed, found);
  }

  /// @param fees what an extra audit that found nothing cost
  Suspicion closed(long audit, long fees) {
    List<Long> rest = new ArrayList<>(extra);
    boolean wasExtra = rest.remove(audit);
    return new Suspicion(
        miner, until, reporters, rest, wasExtra ? Math.addExact(owed, fees) : owed, found);
  }

  Suspicion find() {
    return new Suspicion(miner, until, reporters, extra, owed, true);
  }

  void write(Writer writer) {
    miner.write(writer);
    writer.i64(until).list(reporters, REPORTERS, Address::write);
    writer.list(extra, Limits.AUDITS_OPEN_MAX, (audit, to) -> to.i64(audit));
    writer.i64(owed).bool(found);
  }

  static Suspicion read(Reader reader) throws Malformed {
    return new Suspicion(
        Address.read(reader),
        reader.i64(),
        reader.list(REPORTERS, Address::read),
        reader.list(Limits.AUDITS_OPEN_MAX, from -> from.i64()),
        reader.i64(),
        reader.bool());
  }
}
