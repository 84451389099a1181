package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.AuditCall.Appeal;
import nimble.chain.AuditCall.Concede;
import nimble.chain.AuditId;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// Rounds of one slot that auditors found wrong: the miner does the step again from its own
/// evidence, concedes when it was, and appeals when it was not (R20).
final class Concessions {
  private enum Stage {
    FETCHING,
    FETCHED,
    REVIEWING,
    WRONG,
    RIGHT
  }

  private static final class Case {
    private Upkeep.Accused accused;
    private final RoundEvidence evidence;
    private final SortedMap<Hash, Bytes> blobs = new TreeMap<>();
    private Stage stage = Stage.FETCHING;

    Case(Upkeep.Accused accused, RoundEvidence evidence) {
      this.accused = accused;
      this.evidence = evidence;
    }

    List<BlobName> wanted() {
      return evidence.wanted(accused.audit().step());
    }
  }

  private final Archive archive;
  private final SortedMap<AuditId, Case> cases =
      new TreeMap<>((a, b) -> Long.compare(a.number(), b.number()));
  private final List<MinerEffect> effects = new ArrayList<>();

  Concessions(Archive archive) {
    this.archive = archive;
  }

  /// What the chain holds open now; other cases are over.
  void finalized(Seat seat) {
    List<Upkeep.Accused> accused = seat.upkeep().accused();
    cases.keySet().removeIf(id -> accused.stream().noneMatch(it -> it.audit().id().equals(id)));
    for (Upkeep.Accused one : accused) {
      Case open = cases.get(one.audit().id());
      if (open != null) {
        open.accused = one;
      } else {
        evidence(seat, one).ifPresent(all -> begin(new Case(one, all)));
      }
    }
  }

  void fetched(Hash manifest, Bytes blob) {
    for (Case open : cases.values()) {
      if (open.stage == Stage.FETCHING
          && open.wanted().stream().anyMatch(name -> name.manifest().equals(manifest))) {
        open.blobs.put(manifest, blob);
        if (open.wanted().stream().allMatch(name -> open.blobs.containsKey(name.manifest()))) {
          open.stage = Stage.FETCHED;
        }
      }
    }
  }

  /// At most one is outside (R2).
  Optional<Task> next(StageWork work) {
    for (Case open : cases.values()) {
      if (open.stage == Stage.FETCHED) {
        open.stage = Stage.REVIEWING;
        return Optional.of(() -> work.review(open.accused.audit(), open.evidence, open.blobs));
      }
    }
    return Optional.empty();
  }

  void reviewed(AuditId audit, boolean right) {
    Case open = cases.get(audit);
    if (open != null) {
      open.stage = right ? Stage.RIGHT : Stage.WRONG;
      open.blobs.clear();
    }
  }

  /// What is to be conceded or appealed, while the chain takes it.
  Optional<WorkCall> due() {
    return cases.values().stream().flatMap(open -> due(open).stream()).findFirst();
  }

  private static Optional<WorkCall> due(Case open) {
    AuditId audit = open.accused.audit().id();
    return switch (open.stage) {
      case WRONG -> open.accused.mayConcede() ? Optional.of(new Concede(audit)) : Optional.empty();
      case RIGHT -> Optional.of(new Appeal(audit));
      case FETCHING, FETCHED, REVIEWING -> Optional.empty();
    };
  }

  List<MinerEffect> effects() {
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }

  private Optional<RoundEvidence> evidence(Seat seat, Upkeep.Accused one) {
    return archive
        .index(round(one))
        .map(index ->
            new RoundEvidence(
                seat.plan(), seat.stage(), one.audit().round(), index, one.claimed()));
  }

  private void begin(Case open) {
    cases.put(open.accused.audit().id(), open);
    for (BlobName name : open.wanted()) {
      ShelfGroup group = archive.holding(name).orElse(round(open.accused));
      effects.add(
          new MinerEffect.FetchEvidence(group.name(), name.manifest(), List.of(), name.bytes()));
    }
  }

  private static ShelfGroup round(Upkeep.Accused one) {
    return ShelfGroup.round(one.audit().slot(), one.audit().attempt(), one.audit().round());
  }
}
