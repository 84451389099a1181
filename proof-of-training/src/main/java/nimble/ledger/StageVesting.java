package nimble.ledger;

import java.util.function.UnaryOperator;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// What a miner earned with one stage and may still lose (L9). Absent when there is nothing.
///
/// @param unvested nim-units on their way, part of the account's vesting
/// @param holds open contests of its work: nothing of it vests before they are closed
record StageVesting(long unvested, int holds) {
  private static final StageVesting NONE = new StageVesting(0, 0);

  StageVesting {
    Invariant.check(unvested >= 0 && holds >= 0, "unvested %d, holds %d", unvested, holds);
  }

  static StageVesting get(StateView state, StageSlot slot, Address miner) {
    return state.read(key(slot, miner), StageVesting::read).orElse(NONE);
  }

  static void change(
      Overlay state, StageSlot slot, Address miner, UnaryOperator<StageVesting> change) {
    StageVesting after = change.apply(get(state, slot, miner));
    if (after.equals(NONE)) {
      state.remove(key(slot, miner));
    } else {
      state.write(key(slot, miner), after::write);
    }
  }

  StageVesting add(long amount) {
    return new StageVesting(Math.addExact(unvested, amount), holds);
  }

  StageVesting addHolds(int more) {
    return new StageVesting(unvested, Math.addExact(holds, more));
  }

  void write(Writer writer) {
    writer.i64(unvested).u16(holds);
  }

  static StageVesting read(Reader reader) throws Malformed {
    return new StageVesting(reader.i64(), reader.u16());
  }

  private static Bytes key(StageSlot slot, Address miner) {
    return Bytes.concat(Keys.of(Keys.STAGE_VESTING, slot), miner.bytes());
  }
}
