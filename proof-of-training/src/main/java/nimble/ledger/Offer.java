package nimble.ledger;

import nimble.chain.Call;
import nimble.chain.MinerCall.OfferPut;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// A standing offer of hardware.
///
/// @param id its number: ties of price go to the older offer
/// @param height of the block that took it: it counts from the next block on
/// @param deposit returned when it is withdrawn
public record Offer(long id, Address miner, long height, long deposit, OfferPut terms) {
  void write(Writer writer) {
    writer.i64(id);
    miner.write(writer);
    writer.i64(height).i64(deposit);
    terms.write(writer);
  }

  static Offer read(Reader reader) throws Malformed {
    long id = reader.i64();
    Address miner = Address.read(reader);
    long height = reader.i64();
    long deposit = reader.i64();
    if (Call.read(reader) instanceof OfferPut terms) {
      return new Offer(id, miner, height, deposit, terms);
    }
    throw new Malformed("no offer");
  }
}
