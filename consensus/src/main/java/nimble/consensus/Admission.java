package nimble.consensus;

import java.util.List;
import java.util.Optional;
import nimble.consensus.Effect.Notice;
import nimble.consensus.Guards.Condition;
import nimble.consensus.Vote.Kind;

/// Rule 9 and buffered aggregates: what of other nodes' words is listened to, and checked when.
final class Admission {
  private final State state;
  private final Progress progress;

  Admission(State state, Progress progress) {
    this.state = state;
    this.progress = progress;
  }

  void vote(SignedVote vote) {
    if (!isAdmissible(vote)) {
      return;
    }
    Round round = state.round(vote.vote().view());
    Ballot ballot = round.ballot(vote.vote().kind());
    Optional<SignedVote> first = ballot.of(vote.signer());
    if (first.isPresent()) {
      accuse(round, first.get(), vote);
      return;
    }
    ballot.add(vote);
    for (Kind other : Kind.values()) {
      round.ballot(other).of(vote.signer()).ifPresent(known -> accuse(round, known, vote));
    }
    if (isUrgent(round, vote)) {
      state.emit(new Effect.CheckVote(vote));
    }
    count(round, vote.vote());
  }

  private boolean isAdmissible(SignedVote vote) {
    long view = vote.vote().view();
    return vote.vote().epoch() == state.committee.epoch()
        && vote.signer() < state.committee.size()
        && view >= state.oldest()
        && view <= state.view + 1
        && !state.round(view).ballot(vote.vote().kind()).isBarred(vote.signer());
  }

  /// The leader's proposal and its giving up: nobody waits for a quorum of these.
  private boolean isUrgent(Round round, SignedVote vote) {
    boolean leader = vote.signer() == state.committee.leaderOf(round.view);
    return switch (vote.vote().kind()) {
      case NOTARIZE ->
          state.guards.hold(Condition.R2_LEADER_SIGNED, leader) && round.proposal.isEmpty();
      case NULLIFY -> leader && vote.signer() != state.committee.self();
      case FINALIZE -> false;
    };
  }

  private void count(Round round, Vote subject) {
    Tally tally = round.ballot(subject.kind()).tally(subject);
    boolean decided =
        round.view <= state.lastFinal().view() || round.certificate(subject.kind()).isPresent();
    if (!decided && state.isQuorum(tally.signers())) {
      tally.check().ifPresent(state::emit);
    }
  }

  void checked(SignedVote vote, boolean valid) {
    Optional<Round> known = state.known(vote.vote().view());
    if (known.isEmpty()) {
      return;
    }
    Round round = known.get();
    if (!valid) {
      bar(round, vote.vote(), SignerSet.of(List.of(vote.signer())));
      return;
    }
    switch (vote.vote().kind()) {
      case NOTARIZE -> propose(round, vote.vote().choice());
      case NULLIFY -> round.leaderGaveUp = true;
      case FINALIZE -> {}
    }
  }

  private static void propose(Round round, Optional<Proposal> proposal) {
    if (round.proposal.isEmpty()) {
      round.proposal = proposal;
      round.equivocated |= round.notarization.isPresent() && !round.notarized().equals(proposal);
    }
  }

  void checked(Vote subject, Optional<Certificate> sum, SignerSet bad) {
    Optional<Round> known = state.known(subject.view());
    if (known.isEmpty()) {
      return;
    }
    Round round = known.get();
    Tally tally = round.ballot(subject.kind()).tally(subject);
    tally.checked();
    bar(round, subject, bad);
    sum.ifPresent(votes -> tally.adopt(votes, state.committee));
    Optional<Certificate> certificate =
        tally.verified().filter(votes -> state.isQuorum(votes.signers()));
    if (certificate.isPresent()) {
      progress.accept(certificate.get());
    } else {
      count(round, subject);
    }
  }

  private void bar(Round round, Vote subject, SignerSet bad) {
    if (!bad.isEmpty()) {
      bad.indexes().forEach(signer -> round.ballot(subject.kind()).bar(signer, subject));
      state.emit(new Effect.Report(new Notice.BadVotes(subject.view(), bad)));
    }
  }

  /// One check at a time, and one evidence, per signer, view and kinds: whoever is guilty already
  /// must still not equivocate unnoticed (rule 4).
  private void accuse(Round round, SignedVote first, SignedVote second) {
    if (Misconduct.conflict(first.vote(), second.vote())
        && round.accused.add(new Round.Accusation(first, second))) {
      state.emit(new Effect.CheckEvidence(first, second));
    }
  }

  void accused(SignedVote first, SignedVote second, boolean valid) {
    Optional<Round> round = state.known(first.vote().view());
    if (round.isEmpty()) {
      return;
    }
    if (!valid) {
      round.get().accused.remove(new Round.Accusation(first, second));
      return;
    }
    state.emit(new Effect.Evidence(new Misconduct.Votes(first, second)));
    boolean both = first.vote().kind() == Kind.NOTARIZE && second.vote().kind() == Kind.NOTARIZE;
    if (both && first.signer() == state.committee.leaderOf(round.get().view)) {
      round.get().equivocated = true;
    }
  }

  void certificate(Certificate certificate) {
    if (certificate.epoch() == state.committee.epoch()
        && state.isQuorum(certificate.signers())
        && isNews(certificate)) {
      state.emit(new Effect.CheckCertificate(certificate));
    }
  }

  /// Open, and either the first of its kind or at odds with what is known; or at odds with what is
  /// final.
  private boolean isNews(Certificate certificate) {
    Optional<Round> round = state.known(certificate.view());
    Optional<Certificate> same =
        round.flatMap(known -> known.certificate(certificate.vote().kind()));
    boolean atOdds = same.filter(known -> !known.vote().equals(certificate.vote())).isPresent();
    boolean open = certificate.view() > state.lastFinal().view();
    boolean undoes =
        certificate.vote().kind() == Kind.NULLIFY
            && round.filter(known -> known.finalization.isPresent()).isPresent();
    return (open && same.isEmpty()) || atOdds || undoes;
  }
}
