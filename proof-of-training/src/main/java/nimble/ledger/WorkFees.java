package nimble.ledger;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.types.Address;

/// Protocol fees burned for verified work (L8): in an epoch, by stage and miner, for work emission,
/// and by the validator that the miner names, for leader weight.
public final class WorkFees {
  /// Stages in one epoch; the fees of later ones are burned all the same, and followed by nothing.
  static final long EARNERS_MAX = 1 << 16;

  private WorkFees() {}

  /// In the epoch that runs now.
  public static long total(StateView state) {
    return MoneyEpoch.of(state).fees();
  }

  public static Optional<Earner> of(StateView state, long epoch, StageSlot slot, Address miner) {
    return state
        .read(place(epoch, slot, miner), reader -> reader.i64())
        .map(index -> at(state, epoch, index));
  }

  static Earner at(StateView state, long epoch, long index) {
    return state.read(entry(epoch, index), Earner::read).orElseThrow();
  }

  static void add(
      Overlay state, StageSlot slot, Address miner, long operations, long gross, long fee) {
    MoneyEpoch epoch = MoneyEpoch.of(state);
    Optional<Earner> before = of(state, epoch.number(), slot, miner);
    if (before.isEmpty() && epoch.earners() == EARNERS_MAX) {
      return;
    }
    long index =
        before.isPresent()
            ? state.read(place(epoch.number(), slot, miner), r -> r.i64()).orElseThrow()
            : epoch.earners();
    Earner after = before.orElse(new Earner(slot, miner, 0, 0, 0, 0)).add(operations, gross, fee);
    state.write(entry(epoch.number(), index), after::write);
    state.write(place(epoch.number(), slot, miner), writer -> writer.i64(index));
    MoneyEpoch.put(state, epoch.addFee(fee, before.isEmpty()));
    Miners.get(state, miner)
        .map(Miner::validator)
        .ifPresent(
            named -> Duties.change(state, epoch.number(), named, duties -> duties.addFee(fee)));
  }

  static void remove(Overlay state, long epoch, long index) {
    Earner earner = at(state, epoch, index);
    state.remove(entry(epoch, index));
    state.remove(place(epoch, earner.slot(), earner.miner()));
  }

  private static Bytes entry(long epoch, long index) {
    return Bytes.concat(Keys.of(Keys.EARNER, epoch), Bytes.ofU64(index));
  }

  private static Bytes place(long epoch, StageSlot slot, Address miner) {
    return Bytes.concat(
        Keys.of(Keys.EARNER_INDEX, epoch), Writer.encode(slot::write), miner.bytes());
  }
}
