package nimble.ledger;

import nimble.chain.StageSlot;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// What one miner was paid for one stage in one epoch.
///
/// @param payments how many; the pay of each is rounded down to nim-units
/// @param operations that hosts and gateways may claim without bound: at most what a `long` holds
/// @param gross nim-units out of the job's escrow
/// @param fee the part of it that was burned
public record Earner(
    StageSlot slot, Address miner, long payments, long operations, long gross, long fee) {
  Earner add(long more, long pay, long burned) {
    return new Earner(
        slot,
        miner,
        payments + 1,
        operations + Math.min(more, Long.MAX_VALUE - operations),
        Math.addExact(gross, pay),
        Math.addExact(fee, burned));
  }

  void write(Writer writer) {
    slot.write(writer);
    miner.write(writer);
    writer.i64(payments).i64(operations).i64(gross).i64(fee);
  }

  static Earner read(Reader reader) throws Malformed {
    return new Earner(
        StageSlot.read(reader),
        Address.read(reader),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64());
  }
}
