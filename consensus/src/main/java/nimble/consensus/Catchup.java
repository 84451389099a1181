package nimble.consensus;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.consensus.Round.Payload;

/// Rule 10: what is missing is asked of the proposal's leader, then of one validator after another.
final class Catchup {
  /// Payloads asked for at once, lowest views first.
  private static final int FETCHES_MAX = 16;

  private final State state;
  private boolean armed;
  private boolean requested;
  private int attempt;

  Catchup(State state) {
    this.state = state;
  }

  /// In a new view, everything is asked again.
  void reset() {
    armed = false;
    requested = false;
    attempt = 0;
  }

  void pursue() {
    Optional<Long> missing = firstMissing();
    if (missing.isPresent() && !requested) {
      requested = true;
      request(missing.get());
    }
    if (!armed && (missing.isPresent() || !pending().isEmpty())) {
      armed = true;
      state.emit(new Effect.StartTimer(state.view, TimerKind.FETCH, state.timing.fetchMillis()));
    }
  }

  /// The next peer's turn.
  void fired() {
    armed = false;
    requested = false;
    attempt++;
    pending().stream().limit(FETCHES_MAX).forEach(this::fetch);
  }

  void fetchAtOnce(Round round, Proposal proposal) {
    boolean here = round.payload == Payload.VERIFIED && round.proposal.equals(round.notarized());
    if (!here) {
      fetch(proposal);
    }
  }

  private void fetch(Proposal proposal) {
    peer(proposal.view()).ifPresent(peer -> state.emit(new Effect.FetchPayload(proposal, peer)));
  }

  private void request(long from) {
    long to = Math.max(from, state.view - 1);
    Request request = new Request(state.committee.epoch(), from, to);
    peer(state.view).ifPresent(peer -> state.emit(new Effect.SendTo(peer, request)));
  }

  /// The view's leader, then the others in turn; never oneself.
  private Optional<Integer> peer(long view) {
    int size = state.committee.size();
    return Stream.iterate(state.committee.leaderOf(view) + attempt, index -> index + 1)
        .limit(2)
        .map(index -> index % size)
        .filter(index -> index != state.committee.self())
        .findFirst();
  }

  /// Payloads that are waited for.
  private List<Proposal> pending() {
    List<Proposal> pending = new ArrayList<>();
    for (Round round : state.open()) {
      boolean voting = round.view == state.view && round.payload == Payload.ASKED;
      boolean certifying =
          round.certifying.isPresent() && !round.certified.equals(round.certifying);
      (certifying ? round.certifying : round.proposal.filter(_ -> voting)).ifPresent(pending::add);
    }
    return pending;
  }

  /// The lowest view of which a certificate is missing to go on.
  private Optional<Long> firstMissing() {
    Round current = state.round(state.view);
    boolean undecided = current.own.notarized.isEmpty() && !current.own.nullified;
    Stream<Long> toCertify = state.open().stream().flatMap(this::missingToCertify);
    Stream<Long> toVote =
        Stream.of(missingToPropose(current), missingToNotarize(current))
            .filter(_ -> undecided)
            .flatMap(Optional::stream);
    return Stream.concat(toCertify, toVote).min(Long::compare);
  }

  private Stream<Long> missingToCertify(Round round) {
    return round.notarized().filter(_ -> round.certifying.isEmpty()).stream()
        .flatMap(proposal -> missingParent(proposal).stream());
  }

  private Optional<Long> missingParent(Proposal proposal) {
    long parentView = proposal.parentView();
    boolean known =
        parentView <= state.lastFinal().view()
            || state.known(parentView).filter(round -> round.notarization.isPresent()).isPresent();
    return known ? Optional.empty() : Optional.of(parentView);
  }

  private Optional<Long> missingToPropose(Round round) {
    boolean waits = state.committee.leads(round.view) && round.buildsOn.isEmpty();
    return waits
        ? state.firstNotNullified(state.highestExtendable().view(), round.view)
        : Optional.empty();
  }

  private Optional<Long> missingToNotarize(Round round) {
    return round
        .proposal
        .filter(proposal -> proposal.parentView() >= state.lastFinal().view())
        .flatMap(proposal ->
            missingParent(proposal)
                .or(() -> state.firstNotNullified(proposal.parentView(), round.view)));
  }

  /// Answers, in part if need be: the newest finalization, then what lies above it.
  List<Certificate> answer(Request request) {
    if (request.epoch() != state.committee.epoch()) {
      return List.of();
    }
    long last = state.lastFinal().view();
    Stream<Certificate> finalization =
        state.known(last).filter(_ -> last >= request.from()).stream()
            .flatMap(round -> round.finalization.stream());
    Stream<Certificate> open =
        state.open().stream()
            .filter(round -> round.view >= request.from() && round.view <= request.to())
            .flatMap(
                round -> Stream.concat(round.notarization.stream(), round.nullification.stream()));
    return Stream.concat(finalization, open).limit(Request.CERTIFICATES_MAX).toList();
  }
}
