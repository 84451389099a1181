package nimble.ledger;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// Bond that secures one held stage.
///
/// @param target the bond at which this stage would be audited least
public record BondLock(Address miner, long amount, long target) {
  BondLock less(long taken) {
    return new BondLock(miner, amount - taken, target);
  }

  void write(Writer writer) {
    miner.write(writer);
    writer.i64(amount).i64(target);
  }

  static BondLock read(Reader reader) throws Malformed {
    return new BondLock(Address.read(reader), reader.i64(), reader.i64());
  }
}
