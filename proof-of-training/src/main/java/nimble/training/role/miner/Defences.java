package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.AuditId;
import nimble.chain.WorkCall;
import nimble.codec.ByteSource;
import nimble.training.dispute.Side;
import nimble.training.role.DisputedStep;
import nimble.training.role.MinerEffect;
import nimble.training.role.Outcome;
import nimble.training.role.Task;
import nimble.types.Hash;

/// Disputes about rounds of one slot: the miner does the step again in trace form, from its own
/// evidence, and says what the game asks for (R24).
final class Defences {
  private static final class Case {
    private final Exhibit exhibit;
    private Accusations.Disputed disputed;
    private Optional<Outcome.Played> played = Optional.empty();
    private boolean computing;

    Case(Accusations.Disputed disputed, Exhibit exhibit) {
      this.disputed = disputed;
      this.exhibit = exhibit;
    }

    /// What was found for the present standing.
    Optional<Outcome.Played> next() {
      return played.filter(it -> it.number() == disputed.game().moves());
    }

    boolean moves() {
      return disputed.game().side().equals(Optional.of(Side.MINER));
    }
  }

  private final Archive archive;
  private final SortedMap<AuditId, Case> cases = new TreeMap<>();
  private final List<MinerEffect> effects = new ArrayList<>();

  Defences(Archive archive) {
    this.archive = archive;
  }

  /// What the chain holds open now; other cases are over.
  void finalized(Accusations newest) {
    List<Accusations.Disputed> disputed = newest.disputed();
    cases.keySet().retainAll(disputed.stream().map(one -> one.audit().id()).toList());
    for (Accusations.Disputed one : disputed) {
      Case open = cases.get(one.audit().id());
      if (open != null) {
        open.disputed = one;
      } else {
        Exhibit.of(archive, newest, one.audit(), one.claimed())
            .ifPresent(exhibit -> begin(new Case(one, exhibit)));
      }
    }
  }

  private void begin(Case open) {
    cases.put(open.disputed.audit().id(), open);
    open.exhibit.fetch(archive, effects);
  }

  void fetched(Hash manifest, ByteSource blob) {
    cases.values().forEach(open -> open.exhibit.fetched(manifest, blob));
  }

  /// Something could not be had.
  void retry() {
    cases.values().forEach(open -> open.exhibit.fetch(archive, effects));
  }

  Optional<Task> next(StageWork work) {
    for (Case open : cases.values()) {
      if (open.moves() && open.next().isEmpty() && !open.computing && open.exhibit.isWhole()) {
        open.computing = true;
        Exhibit exhibit = open.exhibit;
        Accusations.Disputed now = open.disputed;
        return Optional.of(
            () -> work.defend(now.audit(), exhibit.evidence(), exhibit.blobs(), now.game()));
      }
    }
    return Optional.empty();
  }

  void played(Outcome.Played played) {
    Case open = cases.get(played.audit());
    if (open != null) {
      open.computing = false;
      open.played = Optional.of(played);
    }
  }

  /// The move that the chain waits for.
  Optional<WorkCall> due() {
    return cases.values().stream()
        .filter(Case::moves)
        .flatMap(open -> due(open).stream())
        .findFirst();
  }

  private static Optional<WorkCall> due(Case open) {
    return open.next()
        .flatMap(played ->
            played
                .move()
                .map(move -> DisputedStep.call(played, open.disputed.audit().miner(), move)));
  }

  List<MinerEffect> effects() {
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }
}
