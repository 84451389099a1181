package nimble.ledger;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Math128;

/// Work emission of an epoch on its way to the earners, some of them in each block (L5). The next
/// epoch does not end before all are paid.
///
/// @param next the earner whose turn it is
record Payout(long epoch, long emission, long fees, long next, long earners) {
  /// Earners that one block pays.
  static final int PAID_MAX = 128;

  static Optional<Payout> open(StateView state) {
    return state.read(Keys.of(Keys.PAYOUT), Payout::read);
  }

  void put(Overlay state) {
    if (next == earners) {
      state.remove(Keys.of(Keys.PAYOUT));
    } else {
      state.write(Keys.of(Keys.PAYOUT), this::write);
    }
  }

  /// Pays the next ones; each by its part of the fees, rounded down.
  void pay(Overlay state, BlockContext context) {
    long end = Math.min(earners, next + PAID_MAX);
    for (long index = next; index < end; index++) {
      Earner earner = WorkFees.at(state, epoch, index);
      WorkFees.remove(state, epoch, index);
      long amount = fees == 0 ? 0 : Math128.mulDiv(emission, earner.fee(), fees);
      Rewards.add(state, earner.miner(), new Reward.Worked(epoch, earner, amount));
      Income.change(state, earner.miner(), income -> income.addEmission(amount));
      Vesting.begin(state, context, earner.slot(), earner.miner(), amount);
    }
    new Payout(epoch, emission, fees, end, earners).put(state);
  }

  void write(Writer writer) {
    writer.i64(epoch).i64(emission).i64(fees).i64(next).i64(earners);
  }

  static Payout read(Reader reader) throws Malformed {
    return new Payout(reader.i64(), reader.i64(), reader.i64(), reader.i64(), reader.i64());
  }
}
