package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.AuditId;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.training.dispute.Side;
import nimble.types.Hash;

/// Disputes about rounds of one slot: the miner does the step again in trace form, from its own
/// evidence, and says what the game asks for (R21).
final class Defences {
  private static final class Case {
    private final RoundEvidence evidence;
    private final SortedMap<Hash, Bytes> blobs = new TreeMap<>();
    private Upkeep.Disputed disputed;
    private Optional<Outcome.Played> played = Optional.empty();
    private boolean computing;

    Case(Upkeep.Disputed disputed, RoundEvidence evidence) {
      this.disputed = disputed;
      this.evidence = evidence;
    }

    List<BlobName> wanted() {
      return evidence.wanted(disputed.audit().step());
    }

    boolean hasAll() {
      return wanted().stream().allMatch(name -> blobs.containsKey(name.manifest()));
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
  private final SortedMap<AuditId, Case> cases =
      new TreeMap<>((a, b) -> Long.compare(a.number(), b.number()));
  private final List<MinerEffect> effects = new ArrayList<>();

  Defences(Archive archive) {
    this.archive = archive;
  }

  /// What the chain holds open now; other cases are over.
  void finalized(Seat seat) {
    List<Upkeep.Disputed> disputed = seat.upkeep().disputed();
    cases.keySet().retainAll(disputed.stream().map(one -> one.audit().id()).toList());
    for (Upkeep.Disputed one : disputed) {
      Case open = cases.get(one.audit().id());
      if (open != null) {
        open.disputed = one;
      } else {
        archive
            .index(round(one))
            .map(index ->
                new RoundEvidence(
                    seat.plan(), seat.stage(), one.audit().round(), index, one.claimed()))
            .ifPresent(all -> begin(new Case(one, all)));
      }
    }
  }

  void fetched(Hash manifest, Bytes blob) {
    for (Case open : cases.values()) {
      if (open.wanted().stream().anyMatch(name -> name.manifest().equals(manifest))) {
        open.blobs.put(manifest, blob);
      }
    }
  }

  /// At most one is outside (R2).
  Optional<Task> next(StageWork work) {
    for (Case open : cases.values()) {
      if (open.moves() && open.next().isEmpty() && !open.computing && open.hasAll()) {
        open.computing = true;
        Upkeep.Disputed now = open.disputed;
        return Optional.of(() -> work.defend(now.audit(), open.evidence, open.blobs, now.game()));
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

  private void begin(Case open) {
    cases.put(open.disputed.audit().id(), open);
    for (BlobName name : open.wanted()) {
      ShelfGroup group = archive.holding(name).orElse(round(open.disputed));
      effects.add(
          new MinerEffect.FetchEvidence(group.name(), name.manifest(), List.of(), name.bytes()));
    }
  }

  private static ShelfGroup round(Upkeep.Disputed one) {
    return ShelfGroup.round(one.audit().slot(), one.audit().attempt(), one.audit().round());
  }
}
