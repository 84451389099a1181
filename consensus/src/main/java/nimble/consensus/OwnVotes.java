package nimble.consensus;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.consensus.Vote.Finalize;
import nimble.consensus.Vote.Notarize;
import nimble.consensus.Vote.Nullify;

/// What this validator has said in one view; every entry is in the vote log first.
final class OwnVotes {
  Optional<Proposal> notarized = Optional.empty();
  Optional<Proposal> finalized = Optional.empty();
  boolean nullified;

  void add(Vote vote) {
    switch (vote) {
      case Notarize(Proposal proposal) -> notarized = Optional.of(proposal);
      case Nullify _ -> nullified = true;
      case Finalize(Proposal proposal) -> finalized = Optional.of(proposal);
    }
  }

  /// Those that name a proposal.
  List<Vote> choices() {
    List<Vote> votes = new ArrayList<>();
    notarized.ifPresent(proposal -> votes.add(new Notarize(proposal)));
    finalized.ifPresent(proposal -> votes.add(new Finalize(proposal)));
    return votes;
  }
}
