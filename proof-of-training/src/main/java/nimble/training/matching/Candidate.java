package nimble.training.matching;

import java.util.Optional;
import nimble.ledger.Offer;
import nimble.types.Address;
import nimble.types.JobId;

/// An offer and what state says of its miner.
///
/// @param freeBond nim-units that secure nothing yet
/// @param strikes that count in this epoch
/// @param held the job in which it holds a stage
public record Candidate(Offer offer, long freeBond, int strikes, Optional<JobId> held) {
  public Address miner() {
    return offer.miner();
  }
}
