package nimble.consensus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.consensus.Effect.Notice;
import nimble.consensus.Guards.Condition;
import nimble.consensus.Vote.Finalize;
import nimble.consensus.Vote.Notarize;
import nimble.consensus.Vote.Nullify;
import nimble.consensus.VoteRecord.Floor;

/// Rules 1 (entering), 3, 6, 7, 8: what certificates do. All that come here are verified.
final class Progress {
  /// Floors are written once in this many views.
  private static final int FLOOR_STEP = 16;

  private final State state;
  private final Voting voting;
  private final Catchup catchup;

  Progress(State state, Voting voting, Catchup catchup) {
    this.state = state;
    this.voting = voting;
    this.catchup = catchup;
  }

  void accept(Certificate certificate) {
    switch (certificate.vote()) {
      case Notarize(Proposal proposal) -> notarized(proposal, certificate);
      case Nullify(long _, long view) -> nullified(view, certificate);
      case Finalize(Proposal proposal) -> finalized(proposal, certificate);
    }
  }

  /// Rule 3, first half; [#pursue] is the second.
  private void notarized(Proposal proposal, Certificate certificate) {
    if (proposal.view() <= state.lastFinal().view()) {
      return;
    }
    Round round = state.round(proposal.view());
    if (round.notarization.isEmpty()) {
      store(round, certificate);
      round.equivocated |= round.proposal.filter(first -> !first.equals(proposal)).isPresent();
    } else if (!round.notarized().equals(Optional.of(proposal))) {
      conflict(round.notarization.get(), certificate);
    }
  }

  /// Rule 6.
  private void nullified(long view, Certificate certificate) {
    Optional<Certificate> finalization = state.known(view).flatMap(round -> round.finalization);
    if (finalization.isPresent()) {
      conflict(finalization.get(), certificate);
    } else if (view > state.lastFinal().view() && state.round(view).nullification.isEmpty()) {
      store(state.round(view), certificate);
      state.emit(new Effect.Report(new Notice.Skipped(view, state.committee.leaderOf(view))));
      enter(view + 1);
    }
  }

  /// Rule 7.
  private void finalized(Proposal proposal, Certificate certificate) {
    Optional<Certificate> excluded = excludedBy(proposal);
    if (excluded.isPresent()) {
      conflict(excluded.get(), certificate);
      return;
    }
    if (proposal.view() <= state.lastFinal().view()) {
      return;
    }
    List<Proposal> chain = chainTo(proposal);
    if (chain.getFirst().parentView() < state.lastFinal().view()) {
      state.stop("%s forks from final %s".formatted(proposal, state.lastFinal()));
      return;
    }
    store(state.round(proposal.view()), certificate);
    tally(proposal).adopt(certificate, state.committee);
    state.addFinals(chain);
    raiseFloor();
    state.emit(new Effect.Finalized(chain, certificate));
    enter(proposal.view() + 1);
  }

  /// A certificate for the same view with which a finalization of this proposal cannot coexist.
  private Optional<Certificate> excludedBy(Proposal proposal) {
    Optional<Round> round = state.known(proposal.view());
    Optional<Certificate> other =
        round
            .flatMap(known -> known.finalization)
            .filter(known -> !known.vote().choice().equals(Optional.of(proposal)));
    return round.flatMap(known -> known.nullification).or(() -> other);
  }

  /// Oldest first, as far back as notarizations are known.
  private List<Proposal> chainTo(Proposal tip) {
    ArrayDeque<Proposal> chain = new ArrayDeque<>();
    Optional<Proposal> next = Optional.of(tip);
    while (next.isPresent() && next.get().view() > state.lastFinal().view()) {
      chain.addFirst(next.get());
      next = state.known(next.get().parentView()).flatMap(Round::notarized);
    }
    return new ArrayList<>(chain);
  }

  private Tally tally(Proposal proposal) {
    return state.round(proposal.view()).ballot(Vote.Kind.FINALIZE).tally(new Finalize(proposal));
  }

  private void raiseFloor() {
    Floor floor = new Floor(state.committee.epoch(), state.oldest());
    if (floor.compareTo(state.floor) > 0
        && (floor.view() >= state.floor.view() + FLOOR_STEP
            || floor.epoch() > state.floor.epoch())) {
      state.floor = floor;
      state.emit(new Effect.Persist(floor));
    }
  }

  private void store(Round round, Certificate certificate) {
    round.store(certificate);
    state.emit(new Effect.Persist(new VoteRecord.Seen(certificate)));
    state.emit(new Effect.Broadcast(certificate));
  }

  private void conflict(Certificate first, Certificate second) {
    state.emit(new Effect.Evidence(new Misconduct.Certificates(first, second)));
    state.stop("%s and %s exclude each other".formatted(first, second));
  }

  /// Rules 3, 4 and 9 wherever something is left to do: certify what is notarized, finalize what is
  /// certified, leave the views that are.
  void pursue() {
    for (Round round : state.unsettled()) {
      boolean done =
          round.own.finalized.isPresent() && round.isCertified() && round.view < state.view;
      if (done) {
        state.settle(round);
        continue;
      }
      boolean open = round.view > state.lastFinal().view();
      if (open) {
        certify(round);
      }
      if (open || round.notarized().or(() -> round.certified).filter(state::isFinal).isPresent()) {
        voting.finalizeVote(round);
      }
      boolean certified = state.guards.hold(Condition.R9_CERTIFIED_TO_ENTER, round.isCertified());
      if (open && certified && round.notarization.isPresent()) {
        enter(round.view + 1);
      }
    }
  }

  /// Rule 3, second half, parents first.
  private void certify(Round round) {
    Optional<Proposal> notarized = round.notarized();
    if (notarized.isEmpty() || round.certifying.equals(notarized)) {
      return;
    }
    Proposal proposal = notarized.get();
    state
        .extendable(proposal.parentView())
        .ifPresent(parent -> {
          round.certifying = notarized;
          state.emit(new Effect.Certify(proposal, parent));
          catchup.fetchAtOnce(round, proposal);
        });
  }

  /// Rule 3: executed and durable.
  void certified(Proposal proposal, boolean last) {
    state
        .known(proposal.view())
        .filter(round -> round.certifying.equals(Optional.of(proposal)) || state.isFinal(proposal))
        .ifPresent(round -> {
          round.certified = Optional.of(proposal);
          round.last = last;
        });
  }

  /// Rule 1.
  void enter(long view) {
    if (view <= state.view || state.isOver()) {
      return;
    }
    state.view = view;
    catchup.reset();
    Timing timing = state.timing;
    long failures = Math.max(0, view - state.lastFinal().view() - 2);
    state.emit(new Effect.Report(new Notice.Entered(view, state.committee.leaderOf(view))));
    start(TimerKind.LEADER, timing.grown(timing.leaderMillis(), failures));
    start(TimerKind.CERTIFY, timing.grown(timing.certifyMillis(), failures));
    // After a restart.
    if (state.round(view).own.nullified) {
      voting.say(new Nullify(state.committee.epoch(), view));
    }
  }

  /// Only a leader has a use for votes on what is final already: its block may carry them.
  void checkLateVotes(int proposals) {
    state
        .newestFinals(proposals)
        .filter(proposal -> proposal.view() >= state.oldest())
        .flatMap(proposal -> tally(proposal).check().stream())
        .forEach(state::emit);
  }

  private void start(TimerKind kind, long millis) {
    state.emit(new Effect.StartTimer(state.view, kind, millis));
  }

  /// Rule 8.
  void retry() {
    Round round = state.round(state.view);
    if (round.own.nullified) {
      voting.say(new Nullify(state.committee.epoch(), state.view));
      entry().ifPresent(certificate -> state.emit(new Effect.Broadcast(certificate)));
    }
  }

  /// The best certificate for entering the current view.
  private Optional<Certificate> entry() {
    return state
        .known(state.view - 1)
        .flatMap(
            round -> round.finalization.or(() -> round.nullification).or(() -> round.notarization));
  }
}
