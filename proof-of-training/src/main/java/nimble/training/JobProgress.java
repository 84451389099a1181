package nimble.training;

import java.util.Optional;
import java.util.OptionalInt;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Moment;

/// How far a job is.
///
/// @param round the current one: all below are closed
/// @param attempt how often the current round was begun anew
/// @param failures how often rounds were begun anew, in all: because they counted for nobody, or
///   because the job went back
/// @param closed rounds that were closed, also those that the job went back over: the next serial
/// @param settled serials below this are settled
/// @param cancelled by its sender; takes effect at the round's boundary
/// @param rematches stages that got another miner
/// @param started when its first step could begin
/// @param lastStep when its newest round was committed
/// @param firstLoss of the first closed round, as raw bits of fp32
/// @param newest losses so far
public record JobProgress(
    int round,
    int attempt,
    int failures,
    int closed,
    int settled,
    boolean cancelled,
    int rematches,
    Optional<Moment> started,
    Optional<Moment> lastStep,
    OptionalInt firstLoss,
    Losses newest) {
  static final JobProgress NONE =
      new JobProgress(
          0,
          0,
          0,
          0,
          0,
          false,
          0,
          Optional.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          Losses.NONE);

  JobProgress start(Moment now) {
    return new JobProgress(
        round,
        attempt,
        failures,
        closed,
        settled,
        cancelled,
        rematches,
        started.or(() -> Optional.of(now)),
        lastStep,
        firstLoss,
        newest);
  }

  JobProgress close(Moment now, Losses losses) {
    OptionalInt validation =
        losses.validation().isPresent() ? losses.validation() : newest.validation();
    return new JobProgress(
        round + 1,
        0,
        failures,
        closed + 1,
        settled,
        cancelled,
        rematches,
        started,
        Optional.of(now),
        firstLoss.isPresent() ? firstLoss : losses.training(),
        new Losses(losses.training(), validation));
  }

  JobProgress fail() {
    return new JobProgress(
        round,
        attempt + 1,
        failures + 1,
        closed,
        settled,
        cancelled,
        rematches,
        started,
        lastStep,
        firstLoss,
        newest);
  }

  /// To the start of an earlier round.
  JobProgress goBack(int to) {
    return new JobProgress(
        to,
        0,
        failures + 1,
        closed,
        settled,
        cancelled,
        rematches,
        started,
        lastStep,
        to == 0 ? OptionalInt.empty() : firstLoss,
        newest);
  }

  JobProgress settle() {
    return new JobProgress(
        round,
        attempt,
        failures,
        closed,
        settled + 1,
        cancelled,
        rematches,
        started,
        lastStep,
        firstLoss,
        newest);
  }

  JobProgress cancel() {
    return new JobProgress(
        round, attempt, failures, closed, settled, true, rematches, started, lastStep, firstLoss,
        newest);
  }

  JobProgress rematch() {
    return new JobProgress(
        round,
        attempt,
        failures,
        closed,
        settled,
        cancelled,
        rematches + 1,
        started,
        lastStep,
        firstLoss,
        newest);
  }

  void write(Writer writer) {
    writer
        .u32(round)
        .u32(attempt)
        .u32(failures)
        .u32(closed)
        .u32(settled)
        .bool(cancelled)
        .u32(rematches);
    writer.optional(started, Moment::write).optional(lastStep, Moment::write);
    new Losses(firstLoss, OptionalInt.empty()).write(writer);
    newest.write(writer);
  }

  static JobProgress read(Reader reader) throws Malformed {
    return new JobProgress(
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.bool(),
        reader.length(Integer.MAX_VALUE),
        reader.optional(Moment::read),
        reader.optional(Moment::read),
        Losses.read(reader).training(),
        Losses.read(reader));
  }
}
