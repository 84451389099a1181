package nimble.ledger;

import nimble.genesis.Parameters;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Moment;

/// What a block tells its execution, besides its entries.
///
/// @param now the block's own time and height
/// @param proposer account of the leader: tips and half of each slot charge are its
/// @param beacon of this block
public record BlockContext(
    Parameters parameters, ChainId chain, Moment now, long epoch, Address proposer, Hash beacon) {

  public long height() {
    return now.height();
  }
}
