package nimble.training;

import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Moment;
import nimble.vm.Cuts;

/// A round that all stages have committed to, until its window closes: what an audit draws from.
///
/// @param committed when the last stage's commitment came
/// @param settles when its window closes
public record ClosedRound(int round, Moment committed, Moment settles, List<RoundRoots> stages) {
  public ClosedRound {
    stages = List.copyOf(stages);
  }

  /// What the last stage said.
  public Losses losses() {
    return stages.getLast().losses();
  }

  void write(Writer writer) {
    writer.u32(round);
    committed.write(writer);
    settles.write(writer);
    writer.list(stages, Cuts.STAGES_MAX, RoundRoots::write);
  }

  static ClosedRound read(Reader reader) throws Malformed {
    return new ClosedRound(
        reader.length(Integer.MAX_VALUE),
        Moment.read(reader),
        Moment.read(reader),
        reader.list(Cuts.STAGES_MAX, RoundRoots::read));
  }
}
