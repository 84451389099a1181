package nimble.training;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Moment;
import nimble.vm.Cuts;

/// A round that all stages have committed to, until it is settled: what audits draw from.
///
/// @param serial rounds of the job that were closed before it: a job that went back closes a round
///   again, under another serial
/// @param attempt at which it was committed
/// @param committed when the last stage's commitment came
/// @param settles when its window closes
/// @param draws made so far: none, the first, or both
public record ClosedRound(
    int serial,
    int round,
    int attempt,
    Moment committed,
    Moment settles,
    int draws,
    List<ClosedStage> stages) {
  /// The first draw, and the one when the window closes.
  public static final int DRAWS = 2;

  public ClosedRound {
    stages = List.copyOf(stages);
  }

  /// What the last stage said.
  public Losses losses() {
    return stages.getLast().roots().losses();
  }

  ClosedRound drawn() {
    return new ClosedRound(serial, round, attempt, committed, settles, draws + 1, stages);
  }

  ClosedRound with(int index, ClosedStage stage) {
    List<ClosedStage> all = new ArrayList<>(stages);
    all.set(index, stage);
    return new ClosedRound(serial, round, attempt, committed, settles, draws, all);
  }

  void write(Writer writer) {
    writer.u32(serial).u32(round).u32(attempt);
    committed.write(writer);
    settles.write(writer);
    writer.u8(draws).list(stages, Cuts.STAGES_MAX, ClosedStage::write);
  }

  static ClosedRound read(Reader reader) throws Malformed {
    return new ClosedRound(
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        Moment.read(reader),
        Moment.read(reader),
        reader.u8(),
        reader.list(Cuts.STAGES_MAX, ClosedStage::read));
  }
}
