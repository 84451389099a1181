package nimble.ledger;

import java.util.List;
import nimble.genesis.Parameters;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Moment;

/// What a block tells its execution, besides its entries.
///
/// @param now the block's own time and height
/// @param epoch as the ledger counts them (L16): rules see the ledger's own number, whatever stood
///   here before
/// @param proposer account of the leader: tips and half of each slot charge are its
/// @param beacon of this block
/// @param votes that the block carries, newest view first
public record BlockContext(
    Parameters parameters,
    ChainId chain,
    Moment now,
    long epoch,
    Address proposer,
    Hash beacon,
    List<ViewVotes> votes) {
  public BlockContext {
    votes = List.copyOf(votes);
  }

  /// A block without votes.
  public BlockContext(
      Parameters parameters, ChainId chain, Moment now, long epoch, Address proposer, Hash beacon) {
    this(parameters, chain, now, epoch, proposer, beacon, List.of());
  }

  BlockContext in(long moneyEpoch) {
    return new BlockContext(parameters, chain, now, moneyEpoch, proposer, beacon, votes);
  }

  public long height() {
    return now.height();
  }
}
