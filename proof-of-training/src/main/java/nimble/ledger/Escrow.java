package nimble.ledger;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A job's money.
///
/// @param budget pays miners and slot charges
/// @param auditPot pays audits; unused, it returns
public record Escrow(long budget, long auditPot) {
  public Escrow {
    Invariant.check(budget >= 0 && auditPot >= 0, "escrow %d, audit pot %d", budget, auditPot);
  }

  public long total() {
    return Math.addExact(budget, auditPot);
  }

  void write(Writer writer) {
    writer.i64(budget).i64(auditPot);
  }

  static Escrow read(Reader reader) throws Malformed {
    return new Escrow(reader.i64(), reader.i64());
  }
}
