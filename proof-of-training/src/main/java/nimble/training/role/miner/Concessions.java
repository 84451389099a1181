package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.AuditCall.Appeal;
import nimble.chain.AuditCall.Concede;
import nimble.chain.AuditId;
import nimble.chain.WorkCall;
import nimble.codec.ByteSource;
import nimble.training.role.MinerEffect;
import nimble.training.role.Task;
import nimble.types.Hash;

/// Rounds of one slot that auditors found wrong: the miner does the step again from its own
/// evidence, concedes when it was, and appeals when it was not (R20).
final class Concessions {
  private enum Stage {
    FETCHING,
    REVIEWING,
    WRONG,
    RIGHT
  }

  private static final class Case {
    private Accusations.Accused accused;
    private final Exhibit exhibit;
    private Stage stage = Stage.FETCHING;

    Case(Accusations.Accused accused, Exhibit exhibit) {
      this.accused = accused;
      this.exhibit = exhibit;
    }
  }

  private final Archive archive;
  private final SortedMap<AuditId, Case> cases = new TreeMap<>();
  private final List<MinerEffect> effects = new ArrayList<>();

  Concessions(Archive archive) {
    this.archive = archive;
  }

  /// What the chain holds open now; other cases are over.
  void finalized(Accusations newest) {
    List<Accusations.Accused> accused = newest.accused();
    cases.keySet().retainAll(accused.stream().map(one -> one.audit().id()).toList());
    for (Accusations.Accused one : accused) {
      Case open = cases.get(one.audit().id());
      if (open != null) {
        open.accused = one;
      } else {
        Exhibit.of(archive, newest, one.audit(), one.claimed())
            .ifPresent(exhibit -> begin(new Case(one, exhibit)));
      }
    }
  }

  private void begin(Case open) {
    cases.put(open.accused.audit().id(), open);
    open.exhibit.fetch(archive, effects);
  }

  void fetched(Hash manifest, ByteSource blob) {
    cases.values().stream()
        .filter(open -> open.stage == Stage.FETCHING)
        .forEach(open -> open.exhibit.fetched(manifest, blob));
  }

  /// Something could not be had.
  void retry() {
    cases.values().stream()
        .filter(open -> open.stage == Stage.FETCHING)
        .forEach(open -> open.exhibit.fetch(archive, effects));
  }

  Optional<Task> next(StageWork work) {
    for (Case open : cases.values()) {
      if (open.stage == Stage.FETCHING && open.exhibit.isWhole()) {
        open.stage = Stage.REVIEWING;
        Exhibit exhibit = open.exhibit;
        return Optional.of(
            () -> work.review(open.accused.audit(), exhibit.evidence(), exhibit.blobs()));
      }
    }
    return Optional.empty();
  }

  void reviewed(AuditId audit, boolean right) {
    Case open = cases.get(audit);
    if (open != null) {
      open.stage = right ? Stage.RIGHT : Stage.WRONG;
      open.exhibit.blobs().clear();
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
      case FETCHING, REVIEWING -> Optional.empty();
    };
  }

  List<MinerEffect> effects() {
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }
}
