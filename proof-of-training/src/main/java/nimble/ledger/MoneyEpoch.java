package nimble.ledger;

import java.util.function.UnaryOperator;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Moment;

/// The epoch that runs now, and what happened in it so far (L16).
///
/// @param started the block that began it
/// @param blocks in it
/// @param voteWeight permille of all vote weight, summed over its blocks
/// @param views on which votes were counted
/// @param fees protocol fees burned
/// @param tips what leaders got of transactions and slots, at most [#TIPS_MAX]
/// @param earners how many stages were paid
public record MoneyEpoch(
    long number,
    Moment started,
    long blocks,
    long voteWeight,
    long views,
    long fees,
    long tips,
    long earners) {
  /// More than all NIM that there is; twice that and a schedule are within 63 bits.
  private static final long TIPS_MAX = Long.MAX_VALUE / 4;

  static MoneyEpoch at(long number, Moment started) {
    return new MoneyEpoch(number, started, 0, 0, 0, 0, 0, 0);
  }

  public static MoneyEpoch of(StateView state) {
    return state
        .read(Keys.of(Keys.EPOCH), MoneyEpoch::read)
        .orElse(MoneyEpoch.at(0, new Moment(0, 0)));
  }

  static void put(Overlay state, MoneyEpoch epoch) {
    state.write(Keys.of(Keys.EPOCH), epoch::write);
  }

  static void change(Overlay state, UnaryOperator<MoneyEpoch> change) {
    put(state, change.apply(of(state)));
  }

  boolean isOver(BlockContext context) {
    long end = Math.addExact(started.timeMillis(), context.parameters().consensus().epochMillis());
    return context.now().timeMillis() >= end;
  }

  MoneyEpoch addBlock(long weight, long newViews) {
    Invariant.check(weight >= 0 && newViews >= 0, "weight %d, views %d", weight, newViews);
    return new MoneyEpoch(
        number,
        started,
        blocks + 1,
        Math.addExact(voteWeight, weight),
        views + newViews,
        fees,
        tips,
        earners);
  }

  MoneyEpoch addFee(long fee, boolean newEarner) {
    long count = newEarner ? earners + 1 : earners;
    return new MoneyEpoch(
        number, started, blocks, voteWeight, views, Math.addExact(fees, fee), tips, count);
  }

  /// Nothing bounds their sum: a leader may pay the same NIM to itself again and again.
  MoneyEpoch addTip(long tip) {
    long sum = Math.min(TIPS_MAX, Math.addExact(tips, tip));
    return new MoneyEpoch(number, started, blocks, voteWeight, views, fees, sum, earners);
  }

  void write(Writer writer) {
    writer.i64(number);
    started.write(writer);
    writer.i64(blocks).i64(voteWeight).i64(views).i64(fees).i64(tips).i64(earners);
  }

  static MoneyEpoch read(Reader reader) throws Malformed {
    return new MoneyEpoch(
        reader.i64(),
        Moment.read(reader),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64());
  }
}
