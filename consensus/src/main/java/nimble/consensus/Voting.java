package nimble.consensus;

import java.util.Optional;
import nimble.consensus.Guards.Condition;
import nimble.consensus.Round.Payload;
import nimble.consensus.Vote.Finalize;
import nimble.consensus.Vote.Notarize;
import nimble.consensus.Vote.Nullify;
import nimble.types.Hash;

/// Rules 1 (proposing), 2, 4, 5: what this validator signs. Nothing else signs anything new.
final class Voting {
  private final State state;
  private final Guards guards;

  Voting(State state) {
    this.state = state;
    this.guards = state.guards;
  }

  /// What can be done in the current view after something has changed.
  void pursue() {
    Round round = state.round(state.view);
    if (round.leaderGaveUp) {
      nullify(round.view, Grounds.LEADER_GAVE_UP);
    }
    propose(round);
    round.proposal.ifPresent(proposal -> {
      verify(round, proposal);
      notarize(round, proposal);
    });
  }

  /// Rule 1: the leader extends the highest view it can, if all views in between are nullified.
  private void propose(Round round) {
    boolean done = round.buildsOn.isPresent() || round.own.notarized.isPresent();
    if (done
        || round.own.nullified
        || !state.committee.leads(round.view)
        || !state.signsIn(round.view)) {
      return;
    }
    Proposal parent = state.highestExtendable();
    if (state.firstNotNullified(parent.view(), round.view).isEmpty()) {
      round.buildsOn = Optional.of(parent);
      if (guards.hold(Condition.R11_LAST_AGAIN, !state.isLast(parent))) {
        state.emit(new Effect.Build(round.view, parent));
      } else {
        built(round.view, Optional.of(parent.digest()));
      }
    }
  }

  /// Rule 1: the answer to [#propose].
  void built(long view, Optional<Hash> digest) {
    Round round = state.round(state.view);
    if (view != state.view || round.buildsOn.isEmpty() || round.proposal.isPresent()) {
      return;
    }
    if (digest.isEmpty()) {
      nullify(view, Grounds.NOTHING_BUILT);
      return;
    }
    long parentView = round.buildsOn.get().view();
    round.proposal =
        Optional.of(new Proposal(state.committee.epoch(), view, parentView, digest.get()));
    round.payload = Payload.VERIFIED;
  }

  private void verify(Round round, Proposal proposal) {
    if (round.payload == Payload.UNKNOWN && mayNotarize(round, proposal)) {
      parent(proposal)
          .ifPresent(parent -> {
            if (isAgain(proposal, parent)) {
              round.payload = Payload.VERIFIED;
            } else {
              round.payload = Payload.ASKED;
              state.emit(new Effect.VerifyPayload(proposal, parent));
            }
          });
    }
  }

  /// Rule 11: what is certified already needs no verdict.
  private boolean isAgain(Proposal proposal, Proposal parent) {
    return state.isLast(parent) && proposal.digest().equals(parent.digest());
  }

  void verified(Proposal proposal, boolean valid) {
    Round round = state.round(state.view);
    if (round.payload != Payload.ASKED || !round.proposal.equals(Optional.of(proposal))) {
      return;
    }
    round.payload = valid ? Payload.VERIFIED : Payload.REFUSED;
    if (!valid) {
      nullify(proposal.view(), Grounds.PAYLOAD_REFUSED);
    }
  }

  /// Rule 2. The payload is executed already: it is made durable in the same sync as the vote.
  private void notarize(Round round, Proposal proposal) {
    boolean verified =
        guards.hold(Condition.R2_PAYLOAD_VERIFIED, round.payload == Payload.VERIFIED);
    if (!verified || !mayNotarize(round, proposal) || !record(new Notarize(proposal))) {
      return;
    }
    if (state.committee.leads(round.view)) {
      state.emit(new Effect.Publish(proposal));
    }
    state.emit(new Effect.Cast(new Notarize(proposal)));
    if (round.notarization.isEmpty()) {
      parent(proposal)
          .ifPresent(parent -> {
            round.certifying = Optional.of(proposal);
            state.emit(new Effect.Certify(proposal, parent));
          });
    }
  }

  /// Rule 2, all but the verdict on the payload.
  private boolean mayNotarize(Round round, Proposal proposal) {
    OwnVotes own = round.own;
    long last = state.lastFinal().view();
    long parentView = proposal.parentView();
    return !own.notarized.equals(Optional.of(proposal))
        && guards.hold(Condition.R2_FIRST_NOTARIZE, own.notarized.isEmpty())
        && guards.hold(Condition.R2_NOT_NULLIFIED, !own.nullified)
        && guards.hold(Condition.R2_PARENT_NOT_BELOW_FINAL, last <= parentView)
        && guards.hold(Condition.R2_PARENT_CERTIFIED, state.extendable(parentView).isPresent())
        && guards.hold(Condition.R11_LAST_AGAIN, !refuses(proposal))
        && guards.hold(
            Condition.R2_GAP_NULLIFIED,
            state.firstNotNullified(Math.max(last, parentView), round.view).isEmpty());
  }

  /// Rule 11: nothing but itself follows the last payload of an epoch.
  private boolean refuses(Proposal proposal) {
    return state
        .extendable(proposal.parentView())
        .filter(parent -> state.isLast(parent) && !isAgain(proposal, parent))
        .isPresent();
  }

  /// The proposal that this one extends. Rule 2 leaves only the first choice.
  private Optional<Proposal> parent(Proposal proposal) {
    return state
        .extendable(proposal.parentView())
        .or(() -> state.known(proposal.parentView()).flatMap(round -> round.proposal));
  }

  /// Rule 4, in any view that is not settled.
  void finalizeVote(Round round) {
    Optional<Proposal> choice = round.notarized().or(() -> round.proposal);
    if (choice.isEmpty() || round.own.finalized.isPresent()) {
      return;
    }
    boolean may =
        guards.hold(Condition.R4_NOTARIZED, round.notarization.isPresent())
            && guards.hold(Condition.R4_CERTIFIED, round.certified.equals(choice))
            && guards.hold(Condition.R4_NOT_NULLIFIED, !round.own.nullified)
            && guards.hold(Condition.R4_NO_EQUIVOCATION, !round.equivocated);
    if (may && record(new Finalize(choice.get()))) {
      state.emit(new Effect.Cast(new Finalize(choice.get())));
    }
  }

  /// Rule 5.
  void nullify(long view, Grounds grounds) {
    Optional<Round> known = state.known(view);
    if (known.isEmpty() || known.get().own.nullified) {
      return;
    }
    boolean may =
        guards.hold(Condition.R5_CURRENT_VIEW, view == state.view)
            && guards.hold(Condition.R5_NOT_FINALIZED, known.get().own.finalized.isEmpty());
    Vote vote = new Nullify(state.committee.epoch(), view);
    if (may && record(vote)) {
      state.emit(new Effect.Report(new Effect.Notice.GaveUp(view, grounds)));
      say(vote);
    }
  }

  /// Rule 8: say it (again), and come back.
  void say(Vote nullify) {
    state.emit(new Effect.Cast(nullify));
    state.emit(new Effect.StartTimer(nullify.view(), TimerKind.RETRY, state.timing.retryMillis()));
  }

  private boolean record(Vote vote) {
    if (!state.signsIn(vote.view())) {
      return false;
    }
    state.round(vote.view()).own.add(vote);
    if (!guards.isDropped(Condition.DURABLE_FIRST)) {
      state.emit(new Effect.Persist(new VoteRecord.Voted(vote)));
    }
    return true;
  }
}
