package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.training.NumericClass;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.Span;
import org.jspecify.annotations.Nullable;

/// A validator's part in checking what deployments' hosts served (R32): joins, replays rows for
/// which it is drawn or asked to vote, and holds those that a host withholds. One replay at a time.
final class ServeDesk {
  private final ReplayWork work;
  private final Auditor.Secrets secrets;
  private final Span patience;
  private final SortedMap<StageSlot, ServeStage> stages = new TreeMap<>();
  private final SortedMap<StageSlot, Hash> measured = new TreeMap<>();
  private final SortedMap<StageSlot, Calls> calls = new TreeMap<>();
  private final SortedSet<StageSlot> unable = new TreeSet<>();
  private final SortedMap<AuditId, ServeCase> cases = new TreeMap<>();
  private final SortedMap<Hash, Bytes> checkpoints = new TreeMap<>();
  private final SortedSet<Hash> fetching = new TreeSet<>();
  private final SortedMap<StageSlot, AuditorLane> lanes = new TreeMap<>();
  private Moment now = new Moment(0, 0);
  private @Nullable AuditId replaying;
  private boolean busy;

  ServeDesk(ReplayWork work, Auditor.Secrets secrets, Span patience) {
    this.work = work;
    this.secrets = secrets;
    this.patience = patience;
  }

  void finalized(Moment moment, ServeDuties duties, List<AuditorEffect> out) {
    now = moment;
    stages.clear();
    duties.stages().forEach(stage -> stages.put(stage.slot(), stage));
    SortedSet<AuditId> open = new TreeSet<>();
    for (ServeDuty duty : duties.audits()) {
      open.add(duty.audit().id());
      cases
          .computeIfAbsent(
              duty.audit().id(), _ -> new ServeCase(duty, moment, work, secrets, patience))
          .finalized(moment, duty);
    }
    cases.values().stream()
        .filter(it -> !open.contains(it.id()))
        .forEach(it -> {
          out.add(new AuditorEffect.Drop(it.group()));
          out.add(new AuditorEffect.Report(new AuditorProgress.Forgotten(it.id())));
        });
    cases.keySet().retainAll(open);
  }

  void close() {
    cases.clear();
    stages.clear();
  }

  boolean idle() {
    return !busy;
  }

  SortedSet<String> groups() {
    SortedSet<String> all = new TreeSet<>();
    cases.values().forEach(it -> all.add(it.group()));
    return all;
  }

  Optional<ServeCase> of(AuditId audit) {
    return Optional.ofNullable(cases.get(audit));
  }

  Optional<ServeCase> of(String group) {
    return cases.values().stream().filter(it -> it.group().equals(group)).findFirst();
  }

  Optional<ServeCase> about(EvidenceName name) {
    return cases.values().stream().filter(it -> it.isAbout(name)).findFirst();
  }

  void fetched(Hash manifest, Bytes data) {
    if (fetching.remove(manifest)) {
      checkpoints.put(manifest, data);
    }
  }

  /// The checkpoint did not come, or is to be asked for again.
  void fetchAgain(Hash manifest) {
    fetching.remove(manifest);
  }

  boolean awaits(Hash manifest) {
    return fetching.contains(manifest);
  }

  /// Whether the task was this desk's.
  boolean finished(StageSlot slot, long task, Outcome outcome) {
    if (!finished(slot, task)) {
      return false;
    }
    switch (outcome) {
      case Outcome.Probed(Hash numericClass) -> measured.put(slot, numericClass);
      case Outcome.Redone redone -> of(redone.audit()).ifPresent(it -> it.redone(redone));
      case Outcome.Unusable(AuditId audit, String reason) ->
          of(audit).ifPresent(it -> it.fail(reason));
      default -> throw new IllegalStateException("nobody asked for " + outcome);
    }
    return true;
  }

  /// As [#finished]: it threw.
  boolean failed(StageSlot slot, long task, String reason) {
    AuditId about = replaying;
    if (!finished(slot, task)) {
      return false;
    }
    if (about == null) {
      unable.add(slot);
    } else {
      of(about).ifPresent(it -> it.fail(reason));
    }
    return true;
  }

  private boolean finished(StageSlot slot, long task) {
    AuditorLane lane = lanes.get(slot);
    if (lane == null || !lane.finished(task)) {
      return false;
    }
    busy = false;
    replaying = null;
    return true;
  }

  List<AuditorEffect> effects() {
    List<AuditorEffect> out = new ArrayList<>();
    cases.values().forEach(ServeCase::gather);
    fetch(out);
    compute().ifPresent(out::add);
    stages.forEach((slot, stage) -> {
      Calls own = calls.computeIfAbsent(slot, _ -> new Calls());
      word(stage)
          .ifPresentOrElse(
              call -> own.due(call, now).map(AuditorEffect.Submit::new).ifPresent(out::add),
              own::none);
    });
    cases.values().forEach(it -> out.addAll(it.effects()));
    return out;
  }

  /// Weights stay while a case needs them.
  private void fetch(List<AuditorEffect> out) {
    SortedSet<Hash> needed = new TreeSet<>();
    cases.values().stream()
        .filter(ServeCase::wantsAnswer)
        .forEach(it -> needed.add(it.duty().checkpoint()));
    checkpoints.keySet().retainAll(needed);
    for (Hash manifest : needed) {
      if (!checkpoints.containsKey(manifest) && fetching.add(manifest)) {
        out.add(new AuditorEffect.FetchData(manifest));
      }
    }
  }

  private Optional<AuditorEffect> compute() {
    if (busy) {
      return Optional.empty();
    }
    for (ServeCase it : cases.values()) {
      ServeDuty duty = it.duty();
      Bytes checkpoint = checkpoints.get(duty.checkpoint());
      Optional<Hash> own = numericClass(duty.audit().slot());
      if (it.wantsReplay() && checkpoint != null && own.isPresent()) {
        boolean sameClass = own.equals(duty.account().numericClass());
        replaying = it.id();
        return Optional.of(
            start(duty.audit().slot(), () -> work.redo(duty, it.row(), checkpoint, sameClass)));
      }
    }
    return stages.values().stream()
        .filter(stage -> measures(stage.slot()))
        .findFirst()
        .map(stage -> start(stage.slot(), () -> work.probe(stage.stage(), stage.root())));
  }

  private boolean measures(StageSlot slot) {
    return numericClass(slot).isEmpty() && !unable.contains(slot);
  }

  /// What is on chain, or measured since the node started; of every replica the same.
  private Optional<Hash> numericClass(StageSlot slot) {
    StageSlot first = new StageSlot(slot.job(), slot.stage(), 0);
    return Optional.ofNullable(stages.get(first))
        .flatMap(ServeStage::numericClass)
        .or(() -> Optional.ofNullable(measured.get(first)));
  }

  private AuditorEffect start(StageSlot slot, Task task) {
    busy = true;
    return lanes.computeIfAbsent(slot, AuditorLane::new).start(task);
  }

  private Optional<WorkCall> word(ServeStage stage) {
    Hash own = measured.get(stage.slot());
    if (own == null || stage.numericClass().isPresent()) {
      return Optional.empty();
    }
    Hash hidden = NumericClass.commitment(own, stage.auditor());
    if (stage.mayJoin()) {
      return Optional.of(new AuditorJoin(stage.slot(), stage.auditor(), hidden));
    }
    return stage.commitment().equals(Optional.of(hidden))
        ? Optional.of(new AuditorOpen(stage.slot(), stage.auditor(), own))
        : Optional.empty();
  }
}
