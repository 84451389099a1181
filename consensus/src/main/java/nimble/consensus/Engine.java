package nimble.consensus;

import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.consensus.Input.Built;
import nimble.consensus.Input.CertificateChecked;
import nimble.consensus.Input.CertificateSeen;
import nimble.consensus.Input.EvidenceChecked;
import nimble.consensus.Input.PayloadCertified;
import nimble.consensus.Input.PayloadVerified;
import nimble.consensus.Input.Requested;
import nimble.consensus.Input.Started;
import nimble.consensus.Input.TimerFired;
import nimble.consensus.Input.VoteChecked;
import nimble.consensus.Input.Voted;
import nimble.consensus.Input.VotesChecked;
import nimble.consensus.Input.VotesWanted;
import nimble.consensus.VoteRecord.Floor;
import nimble.types.Hash;

/// One validator's (or observer's) part in one epoch. A function of its inputs: the same inputs in
/// the same order give the same effects. It is mutable inside and has one owner; it is not shared.
public final class Engine {
  private final State state;
  private final Voting voting;
  private final Catchup catchup;
  private final Progress progress;
  private final Admission admission;
  private boolean started;

  /// @param genesis digest of the payload that the epoch begins with, final by definition
  public Engine(Committee committee, Timing timing, Hash genesis) {
    this(committee, timing, genesis, Guards.ALL);
  }

  Engine(Committee committee, Timing timing, Hash genesis, Guards guards) {
    this.state = new State(committee, timing, genesis, guards);
    this.voting = new Voting(state);
    this.catchup = new Catchup(state);
    this.progress = new Progress(state, voting, catchup);
    this.admission = new Admission(state, progress);
  }

  /// What to do now, in this order.
  public List<Effect> step(Input input) {
    Invariant.check(started != input instanceof Started, "%s, started: %s", input, started);
    if (state.stopped || (state.isOver() && !(input instanceof Requested))) {
      return List.of();
    }
    handle(input);
    if (!state.isOver()) {
      progress.pursue();
      voting.pursue();
      catchup.pursue();
    }
    return state.drain();
  }

  private void handle(Input input) {
    switch (input) {
      case Started(List<VoteRecord> records) -> {
        started = true;
        new Recovery(state, progress).start(records);
      }
      case Built(long view, Optional<Hash> digest) -> voting.built(view, digest);
      case Voted(SignedVote vote) -> admission.vote(vote);
      case VoteChecked(SignedVote vote, boolean valid) -> admission.checked(vote, valid);
      case VotesChecked(Vote vote, Optional<Certificate> sum, SignerSet bad) ->
          admission.checked(vote, sum, bad);
      case EvidenceChecked(SignedVote first, SignedVote second, boolean valid) ->
          admission.accused(first, second, valid);
      case CertificateSeen(Certificate certificate) -> admission.certificate(certificate);
      case CertificateChecked(Certificate certificate, boolean valid) -> {
        if (valid) {
          progress.accept(certificate);
        }
      }
      case PayloadVerified(Proposal proposal, boolean valid) -> voting.verified(proposal, valid);
      case PayloadCertified(Proposal proposal, boolean last) -> progress.certified(proposal, last);
      case VotesWanted(int proposals) -> progress.checkLateVotes(proposals);
      case Requested(int peer, Request request) ->
          catchup
              .answer(request)
              .forEach(certificate -> state.emit(new Effect.SendTo(peer, certificate)));
      case TimerFired(long view, TimerKind kind) -> fired(view, kind);
    }
  }

  private void fired(long view, TimerKind kind) {
    switch (kind) {
      case LEADER -> {
        if (state.known(view).filter(round -> round.proposal.isEmpty()).isPresent()) {
          voting.nullify(view, Grounds.NO_PROPOSAL);
        }
      }
      case CERTIFY -> voting.nullify(view, Grounds.OUT_OF_TIME);
      case RETRY -> {
        if (view == state.view) {
          progress.retry();
        }
      }
      case FETCH -> {
        if (view == state.view) {
          catchup.fired();
        }
      }
    }
  }

  public long epoch() {
    return state.committee.epoch();
  }

  /// The current view; 0 before the start.
  public long view() {
    return state.view;
  }

  /// What is known now.
  public Summary summary() {
    return Summary.of(state);
  }

  /// Rule 11: the last payload of the epoch is final, and certified here.
  public boolean isOver() {
    return state.isOver();
  }

  public Proposal lastFinal() {
    return state.lastFinal();
  }

  /// Nothing below this is ever signed; the vote log may drop what is below.
  public Floor floor() {
    return state.floor;
  }

  /// All verified finalize votes on the newest final proposals (at most 16), one aggregate each,
  /// oldest first: what a block carries so that late votes count too, once [Input.VotesWanted] had
  /// them checked. An aggregate may weigh less than a quorum where a later finalization made the
  /// proposal final.
  public List<Certificate> finalizeVotes() {
    return state.finals().stream()
        .flatMap(proposal ->
            state.known(proposal.view()).stream()
                .flatMap(round ->
                    round
                        .ballot(Vote.Kind.FINALIZE)
                        .tally(new Vote.Finalize(proposal))
                        .verified()
                        .stream()))
        .toList();
  }
}
