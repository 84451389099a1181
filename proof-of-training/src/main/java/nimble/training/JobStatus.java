package nimble.training;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Moment;

/// The state a job is in, since when and why.
///
/// @param due when the chain acts by itself: somebody is late then; that of a settling job is for
///   checkpoints
/// @param ending what a settling job becomes
/// @param reason for people; empty when all is well
public record JobStatus(
    JobState state, Moment since, Moment due, Optional<JobState> ending, String reason) {
  public static final int REASON_MAX = 256;

  JobStatus due(Moment later) {
    return new JobStatus(state, since, later, ending, reason);
  }

  void write(Writer writer) {
    writer.u8(state.tag());
    since.write(writer);
    due.write(writer);
    writer.optional(ending, (end, to) -> to.u8(end.tag())).string(reason, REASON_MAX);
  }

  static JobStatus read(Reader reader) throws Malformed {
    return new JobStatus(
        JobState.of(reader.u8()),
        Moment.read(reader),
        Moment.read(reader),
        reader.optional(from -> JobState.of(from.u8())),
        reader.string(REASON_MAX));
  }
}
