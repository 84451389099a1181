package nimble.ledger;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// Protocol fees burned for verified work, per miner and in all, in the newest epoch in which there
/// were any (L8): the base of work emission and of leader weight.
public final class WorkFees {
  private record Sum(long epoch, long amount) {
    static final Sum NONE = new Sum(0, 0);

    Sum add(long now, long more) {
      return new Sum(now, epoch == now ? Math.addExact(amount, more) : more);
    }

    void write(Writer writer) {
      writer.i64(epoch).i64(amount);
    }

    static Sum read(Reader reader) throws Malformed {
      return new Sum(reader.i64(), reader.i64());
    }
  }

  private WorkFees() {}

  public static long of(StateView state, long epoch, Address miner) {
    return amount(state, epoch, Keys.of(Keys.WORK_FEES, miner));
  }

  public static long total(StateView state, long epoch) {
    return amount(state, epoch, Keys.of(Keys.WORK_FEES_TOTAL));
  }

  static void add(Overlay state, long epoch, Address miner, long fee) {
    add(state, epoch, Keys.of(Keys.WORK_FEES, miner), fee);
    add(state, epoch, Keys.of(Keys.WORK_FEES_TOTAL), fee);
  }

  private static long amount(StateView state, long epoch, Bytes key) {
    Sum sum = state.read(key, Sum::read).orElse(Sum.NONE);
    return sum.epoch() == epoch ? sum.amount() : 0;
  }

  private static void add(Overlay state, long epoch, Bytes key, long fee) {
    Sum sum = state.read(key, Sum::read).orElse(Sum.NONE).add(epoch, fee);
    state.write(key, sum::write);
  }
}
