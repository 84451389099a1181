package nimble.consensus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import nimble.check.Invariant;
import nimble.consensus.VoteRecord.Floor;
import nimble.types.Hash;

/// What the rules share: the rounds, the final proposals, and the effects of the step under way.
final class State {
  /// Views below the last final one that still take votes, and that a late node is answered about.
  static final int RETENTION = 64;

  /// Newest final proposals whose finalize votes are collected.
  static final int FINALS_MAX = 16;

  final Committee committee;
  final Timing timing;
  final Guards guards;
  long view;
  Floor floor = Floor.NONE;
  boolean stopped;

  private final TreeMap<Long, Round> rounds = new TreeMap<>();

  /// Those of the rounds in which something may be left to do: every step looks at them.
  private final TreeMap<Long, Round> unsettled = new TreeMap<>();

  private final TreeMap<Long, Proposal> finals = new TreeMap<>();
  private List<Effect> effects = new ArrayList<>();

  State(Committee committee, Timing timing, Hash genesis, Guards guards) {
    this.committee = committee;
    this.timing = timing;
    this.guards = guards;
    finals.put(0L, Proposal.genesis(committee.epoch(), genesis));
  }

  void emit(Effect effect) {
    effects.add(effect);
  }

  List<Effect> drain() {
    List<Effect> drained = List.copyOf(effects);
    effects = new ArrayList<>();
    return drained;
  }

  void stop(String reason) {
    stopped = true;
    emit(new Effect.Stop(reason));
  }

  Round round(long at) {
    return rounds.computeIfAbsent(
        at,
        view -> {
          Round round = new Round(view);
          unsettled.put(view, round);
          return round;
        });
  }

  Optional<Round> known(long at) {
    return Optional.ofNullable(rounds.get(at));
  }

  /// A snapshot, ascending.
  List<Round> rounds() {
    return List.copyOf(rounds.values());
  }

  /// A snapshot, ascending, of those that were not settled.
  List<Round> unsettled() {
    return List.copyOf(unsettled.values());
  }

  /// Nothing is ever left to do there again.
  void settle(Round round) {
    unsettled.remove(round.view);
  }

  /// Those above the last final view, ascending.
  Collection<Round> open() {
    return rounds.tailMap(lastFinal().view(), false).values();
  }

  Proposal lastFinal() {
    return finals.lastEntry().getValue();
  }

  Optional<Proposal> finalAt(long at) {
    return Optional.ofNullable(finals.get(at));
  }

  boolean isFinal(Proposal proposal) {
    return finalAt(proposal.view()).filter(proposal::equals).isPresent();
  }

  /// The newest ones, ascending.
  Collection<Proposal> finals() {
    return finals.values();
  }

  Stream<Proposal> newestFinals(int count) {
    return finals.descendingMap().values().stream().limit(count);
  }

  void addFinals(List<Proposal> chain) {
    for (Proposal proposal : chain) {
      Invariant.check(proposal.view() > lastFinal().view(), "%s is final late", proposal);
      finals.put(proposal.view(), proposal);
    }
    while (finals.size() > FINALS_MAX) {
      finals.pollFirstEntry();
    }
    rounds.headMap(oldest(), false).clear();
    unsettled.headMap(oldest(), false).clear();
  }

  /// The lowest view that is still of interest.
  long oldest() {
    return Math.max(1, lastFinal().view() - RETENTION);
  }

  /// Rule 11: whether this proposal's payload is known to end the epoch.
  boolean isLast(Proposal proposal) {
    return known(proposal.view())
        .filter(round -> round.last && round.certified.equals(Optional.of(proposal)))
        .isPresent();
  }

  /// Rule 11: nothing is left to decide in this epoch.
  boolean isOver() {
    return isLast(lastFinal());
  }

  /// What a proposal may extend at this view: final, or notarized and certified by me.
  Optional<Proposal> extendable(long at) {
    return finalAt(at).or(() -> known(at).filter(Round::isCertified).flatMap(Round::notarized));
  }

  /// The highest view below the current one that can be extended.
  Proposal highestExtendable() {
    return open().stream()
        .filter(round -> round.view < view && round.isCertified())
        .flatMap(round -> round.notarized().stream())
        .max(Comparator.comparingLong(Proposal::view))
        .orElse(lastFinal());
  }

  /// The first view strictly between these without a nullification.
  Optional<Long> firstNotNullified(long after, long before) {
    for (long at = after + 1; at < before; at++) {
      if (known(at).filter(round -> round.nullification.isPresent()).isEmpty()) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  boolean isQuorum(SignerSet signers) {
    return guards.hold(Guards.Condition.QUORUM, committee.isQuorum(signers));
  }

  /// Whether this node may sign anything in that view.
  boolean signsIn(long at) {
    return committee.self() != Committee.OBSERVER
        && guards.hold(
            Guards.Condition.FLOOR, new Floor(committee.epoch(), at).compareTo(floor) >= 0);
  }
}
