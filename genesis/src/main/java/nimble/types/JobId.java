package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Sequence number of a job, given by the chain; the first is 1.
public record JobId(long value) implements Comparable<JobId> {
  public JobId {
    Invariant.check(value > 0, "job %d is not positive", value);
  }

  public void write(Writer writer) {
    writer.i64(value);
  }

  public static JobId read(Reader reader) throws Malformed {
    long value = reader.i64();
    if (value == 0) {
      throw new Malformed("job 0");
    }
    return new JobId(value);
  }

  @Override
  public int compareTo(JobId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
