package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Moment;

/// An epoch that is over: every sum that its rewards follow from (L17, L18).
///
/// @param counted what happened in it
/// @param ended the block that ended it, which belongs to the next
/// @param stake that voted in it
/// @param workEmission for all earners together
public record EpochSummary(
    MoneyEpoch counted, Moment ended, Schedule schedule, long stake, long workEmission) {
  /// Epochs that state remembers.
  public static final int KEPT = 16;

  public long number() {
    return counted.number();
  }

  public static Optional<EpochSummary> of(StateView state, long number) {
    return state.read(Keys.of(Keys.EPOCH_SUMMARY, number), EpochSummary::read);
  }

  /// Newest first.
  public static List<EpochSummary> newest(StateView state) {
    List<EpochSummary> found = new ArrayList<>();
    long last = MoneyEpoch.of(state).number() - 1;
    for (long number = last; number >= 0 && number > last - KEPT; number--) {
      of(state, number).ifPresent(found::add);
    }
    return found;
  }

  void put(Overlay state) {
    state.write(Keys.of(Keys.EPOCH_SUMMARY, number()), this::write);
    if (number() >= KEPT) {
      state.remove(Keys.of(Keys.EPOCH_SUMMARY, number() - KEPT));
    }
  }

  void write(Writer writer) {
    counted.write(writer);
    ended.write(writer);
    schedule.write(writer);
    writer.i64(stake).i64(workEmission);
  }

  static EpochSummary read(Reader reader) throws Malformed {
    return new EpochSummary(
        MoneyEpoch.read(reader),
        Moment.read(reader),
        Schedule.read(reader),
        reader.i64(),
        reader.i64());
  }
}
