package nimble.training;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// What a job's audits came to.
///
/// @param drawn audits so far: the next one carries this number
/// @param verdicts audits with a verdict: upheld, rejected, deviated, conceded or undecided
/// @param operations that auditors spent, by metering; at most what a `long` holds
/// @param paid nim-units to auditors
public record AuditSums(
    long drawn, int verdicts, int upheld, int rejected, long operations, long paid) {
  public static final AuditSums NONE = new AuditSums(0, 0, 0, 0, 0, 0);

  AuditSums draw() {
    return new AuditSums(drawn + 1, verdicts, upheld, rejected, operations, paid);
  }

  AuditSums close(AuditOutcome outcome) {
    return switch (outcome) {
      case UPHELD -> new AuditSums(drawn, verdicts + 1, upheld + 1, rejected, operations, paid);
      case REJECTED, DEVIATED, CONCEDED ->
          new AuditSums(drawn, verdicts + 1, upheld, rejected + 1, operations, paid);
      case UNDECIDED -> new AuditSums(drawn, verdicts + 1, upheld, rejected, operations, paid);
      case UNAUDITED, DROPPED -> this;
    };
  }

  AuditSums spend(long more) {
    long sum = operations + Math.min(more, Long.MAX_VALUE - operations);
    return new AuditSums(drawn, verdicts, upheld, rejected, sum, paid);
  }

  AuditSums pay(long more) {
    return new AuditSums(drawn, verdicts, upheld, rejected, operations, Math.addExact(paid, more));
  }

  void write(Writer writer) {
    writer.i64(drawn).u32(verdicts).u32(upheld).u32(rejected).i64(operations).i64(paid);
  }

  static AuditSums read(Reader reader) throws Malformed {
    return new AuditSums(
        reader.i64(),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.i64(),
        reader.i64());
  }
}
