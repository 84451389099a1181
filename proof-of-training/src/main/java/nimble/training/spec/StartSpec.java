package nimble.training.spec;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// The checkpoint of another job that a job goes on from (J42).
///
/// @param round after which it was made
/// @param steps behind it, over all jobs since the first
public record StartSpec(JobId job, int round, int steps) {
  void write(Writer writer) {
    job.write(writer);
    writer.u32(round).u32(steps);
  }

  static StartSpec read(Reader reader) throws Malformed {
    return new StartSpec(
        JobId.read(reader), reader.length(Integer.MAX_VALUE), reader.length(Integer.MAX_VALUE));
  }

  /// As people write it.
  @Override
  public String toString() {
    return "%s@%d".formatted(job, round);
  }
}
