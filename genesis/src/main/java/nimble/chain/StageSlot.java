package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// A place that a miner holds in a job: one replica of one stage.
public record StageSlot(JobId job, int stage, int replica) implements Comparable<StageSlot> {
  public StageSlot {
    Invariant.check(stage >= 0 && stage <= 0xff, "stage %d", stage);
    Invariant.check(replica >= 0 && replica <= 0xff, "replica %d", replica);
  }

  public void write(Writer writer) {
    job.write(writer);
    writer.u8(stage).u8(replica);
  }

  public static StageSlot read(Reader reader) throws Malformed {
    return new StageSlot(JobId.read(reader), reader.u8(), reader.u8());
  }

  /// In a call, where it takes as few bytes as it can (E7).
  void pack(Writer writer) {
    writer.varint(job.value()).u8(stage).u8(replica);
  }

  static StageSlot unpack(Reader reader) throws Malformed {
    return new StageSlot(job(reader), reader.u8(), reader.u8());
  }

  /// Of a call.
  static JobId job(Reader reader) throws Malformed {
    long value = reader.varint(Long.MAX_VALUE);
    if (value == 0) {
      throw new Malformed("job 0");
    }
    return new JobId(value);
  }

  @Override
  public int compareTo(StageSlot other) {
    int byJob = job.compareTo(other.job);
    int byStage = Integer.compare(stage, other.stage);
    return byJob != 0 ? byJob : byStage != 0 ? byStage : Integer.compare(replica, other.replica);
  }

  @Override
  public String toString() {
    return "%s/%d/%d".formatted(job, stage, replica);
  }
}
