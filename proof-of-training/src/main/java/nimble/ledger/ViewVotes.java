package nimble.ledger;

import java.util.List;
import nimble.types.Address;

/// The votes to finalize one view that a block carries; a quorum, verified.
///
/// @param signers accounts of the validators that voted
/// @param weightPermille their part of all vote weight
public record ViewVotes(long view, List<Address> signers, int weightPermille) {
  public ViewVotes {
    signers = List.copyOf(signers);
  }
}
