package nimble.training;

import java.util.List;
import java.util.Optional;
import nimble.ledger.Accounts;
import nimble.ledger.Offer;
import nimble.ledger.Offers;
import nimble.ledger.StateView;
import nimble.types.Address;
import nimble.types.JobId;

/// An offer and what state says of its miner.
///
/// @param freeBond nim-units that secure nothing yet
/// @param strikes that count in this epoch
/// @param held the job in which it holds a stage
public record Candidate(Offer offer, long freeBond, int strikes, Optional<JobId> held) {

  /// Those that a block at `height` may match, the cheapest first.
  public static List<Candidate> all(StateView state, long height, long epoch) {
    return Offers.cheapest(state, height, Limits.OFFERS_MAX).stream()
        .map(offer -> of(state, offer, epoch))
        .toList();
  }

  private static Candidate of(StateView state, Offer offer, long epoch) {
    Address miner = offer.miner();
    return new Candidate(
        offer,
        Accounts.get(state, miner).freeBond(),
        Strikes.of(state, miner, epoch),
        Jobs.heldBy(state, miner));
  }

  public Address miner() {
    return offer.miner();
  }
}
