package nimble.training;

import java.util.List;
import nimble.ledger.Accounts;
import nimble.ledger.Offer;
import nimble.ledger.Offers;
import nimble.ledger.StateView;
import nimble.training.matching.Candidate;
import nimble.training.spec.Limits;
import nimble.types.Address;

/// The offers of a state that may be matched (J3).
final class Candidates {
  private Candidates() {}

  /// Those that a block at `height` may match, the cheapest first.
  static List<Candidate> all(StateView state, long height, long epoch) {
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
}
