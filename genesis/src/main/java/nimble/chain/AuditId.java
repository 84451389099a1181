package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// An audit of a job. Numbers of one job rise and are never used again, so that nothing said about
/// one audit can be repeated for another.
public record AuditId(JobId job, long number) implements Comparable<AuditId> {
  public AuditId {
    Invariant.check(number >= 0, "audit %d", number);
  }

  public void write(Writer writer) {
    job.write(writer);
    writer.i64(number);
  }

  public static AuditId read(Reader reader) throws Malformed {
    return new AuditId(JobId.read(reader), reader.i64());
  }

  /// As [StageSlot#pack].
  void pack(Writer writer) {
    writer.varint(job.value()).varint(number);
  }

  static AuditId unpack(Reader reader) throws Malformed {
    return new AuditId(StageSlot.job(reader), reader.varint(Long.MAX_VALUE));
  }

  @Override
  public int compareTo(AuditId other) {
    int byJob = job.compareTo(other.job);
    return byJob != 0 ? byJob : Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return "%s#%d".formatted(job, number);
  }
}
