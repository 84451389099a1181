package nimble.consensus;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an engine knows at a moment, for an operator to look at.
///
/// @param view the current one; 0 before the start
/// @param quorum the weight that a certificate needs
/// @param rounds ascending
public record Summary(
    long epoch,
    long view,
    int self,
    List<Long> weights,
    long quorum,
    Proposal lastFinal,
    VoteRecord.Floor floor,
    List<RoundSummary> rounds) {
  /// Rounds up to the last final one that are of interest still.
  private static final int FINAL_ROUNDS_MAX = 3;

  public Summary {
    weights = List.copyOf(weights);
    rounds = List.copyOf(rounds);
  }

  /// One view.
  ///
  /// @param payload how far this node has come with the proposal's payload
  /// @param own what this node has voted for
  public record RoundSummary(
      long view,
      int leader,
      Optional<Proposal> proposal,
      String payload,
      boolean certified,
      List<Vote.Kind> own,
      List<VotesSummary> votes) {
    public RoundSummary {
      own = List.copyOf(own);
      votes = List.copyOf(votes);
    }
  }

  /// Votes of one kind in one view.
  ///
  /// @param voted whose votes came alone
  /// @param certificate who stands in the certificate, if there is one
  public record VotesSummary(Vote.Kind kind, SignerSet voted, Optional<SignerSet> certificate) {}

  static Summary of(State state) {
    Committee committee = state.committee;
    return new Summary(
        committee.epoch(),
        state.view,
        committee.self(),
        committee.weights(),
        committee.quorum(),
        state.lastFinal(),
        state.floor,
        state.rounds().stream()
            .filter(round -> round.view > state.lastFinal().view() - FINAL_ROUNDS_MAX)
            .map(round -> of(committee, round))
            .toList());
  }

  private static RoundSummary of(Committee committee, Round round) {
    return new RoundSummary(
        round.view,
        committee.leaderOf(round.view),
        round.proposal,
        round.payload.name(),
        round.isCertified(),
        own(round.own),
        List.of(
            votes(round, Vote.Kind.NOTARIZE),
            votes(round, Vote.Kind.NULLIFY),
            votes(round, Vote.Kind.FINALIZE)));
  }

  private static List<Vote.Kind> own(OwnVotes own) {
    List<Vote.Kind> kinds = new ArrayList<>();
    own.notarized.ifPresent(_ -> kinds.add(Vote.Kind.NOTARIZE));
    if (own.nullified) {
      kinds.add(Vote.Kind.NULLIFY);
    }
    own.finalized.ifPresent(_ -> kinds.add(Vote.Kind.FINALIZE));
    return kinds;
  }

  private static VotesSummary votes(Round round, Vote.Kind kind) {
    return new VotesSummary(
        kind, round.ballot(kind).signers(), round.certificate(kind).map(Certificate::signers));
  }
}
