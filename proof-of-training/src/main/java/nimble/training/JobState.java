package nimble.training;

import nimble.codec.Malformed;

/// Where a job stands (J9). The tag is its byte in the canonical encoding.
public enum JobState {
  /// Every stage has a miner; they accept and show their numeric class.
  MATCHED(1),
  RUNNING(2),
  /// Nobody works; a round that is committed after all resumes the job.
  PAUSED(3),
  /// No further rounds; windows close, checkpoints are recorded.
  SETTLING(4),
  COMPLETED(5),
  CANCELLED(6),
  FAILED(7),
  EXPIRED(8);

  private final int tag;

  JobState(int tag) {
    this.tag = tag;
  }

  public int tag() {
    return tag;
  }

  /// Whether it stays so for good.
  public boolean isFinal() {
    return switch (this) {
      case MATCHED, RUNNING, PAUSED, SETTLING -> false;
      case COMPLETED, CANCELLED, FAILED, EXPIRED -> true;
    };
  }

  public static JobState of(int tag) throws Malformed {
    for (JobState state : values()) {
      if (state.tag == tag) {
        return state;
      }
    }
    throw new Malformed("unknown job state %d".formatted(tag));
  }
}
