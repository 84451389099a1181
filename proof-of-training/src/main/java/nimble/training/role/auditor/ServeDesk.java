package nimble.training.role.auditor;

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
import nimble.codec.ByteSource;
import nimble.training.NumericClass;
import nimble.training.ServeNeed;
import nimble.training.ServedStage;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorProgress;
import nimble.training.role.Calls;
import nimble.training.role.EvidenceName;
import nimble.training.role.Outcome;
import nimble.training.role.Task;
import nimble.training.role.serving.WeightsFetch;
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
  private final Benches benches;
  private final SortedMap<StageSlot, ServeStage> stages = new TreeMap<>();
  private final SortedMap<StageSlot, Hash> measured = new TreeMap<>();
  private final SortedMap<StageSlot, Calls> calls = new TreeMap<>();
  private final SortedSet<StageSlot> unable = new TreeSet<>();
  private final SortedMap<AuditId, ServeCase> cases = new TreeMap<>();
  private final SortedSet<StageSlot> brought = new TreeSet<>();
  private final WeightsBench bench = new WeightsBench();
  private final SortedMap<StageSlot, AuditorLane> lanes = new TreeMap<>();
  private Moment now = new Moment(0, 0);
  private @Nullable AuditId replaying;
  private boolean busy;
  private boolean closed;

  ServeDesk(ReplayWork work, Auditor.Secrets secrets, Span patience, Benches benches) {
    this.work = work;
    this.secrets = secrets;
    this.patience = patience;
    this.benches = benches;
  }

  void finalized(Moment moment, ServeDuties duties, List<AuditorEffect> out) {
    now = moment;
    stages.clear();
    duties.stages().forEach(stage -> stages.put(stage.slot(), stage));
    duties.stages().stream()
        .filter(stage -> benches.isTooSmallFor(ServeNeed.of(stage.stage().spec()).memoryBytes()))
        .forEach(stage -> unable.add(stage.slot()));
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
    cases.values().stream()
        .filter(it -> it.wantsAnswer() && unable.contains(first(it.duty().audit().slot())))
        .forEach(it -> it.fail("the stage's weights, or its program, are of no use here"));
  }

  void close() {
    cases.clear();
    stages.clear();
    closed = true;
    rest();
  }

  /// Nothing more is computed.
  private void rest() {
    if (closed && !busy) {
      bench.drop();
    }
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

  void fetched(Hash manifest, ByteSource data) {
    bench.fetched(manifest, data);
  }

  /// What did not come is to be asked for again.
  void fetchAgain(Hash manifest) {
    bench.missed(manifest);
  }

  /// Whether the task was this desk's.
  boolean finished(StageSlot slot, long task, Outcome outcome) {
    if (!finished(slot, task)) {
      return false;
    }
    switch (outcome) {
      case Outcome.Probed(Hash numericClass) -> measured.put(slot, numericClass);
      case Outcome.OfBase came -> {
        String problem = bench.computed(came);
        if (!problem.isEmpty()) {
          giveUp(slot, problem);
        }
      }
      case Outcome.Redone redone -> of(redone.audit()).ifPresent(it -> it.redone(redone));
      case Outcome.Unusable(AuditId audit, String reason) ->
          of(audit).ifPresent(it -> it.fail(reason));
      default -> throw new IllegalStateException("nobody asked for " + outcome);
    }
    rest();
    return true;
  }

  /// As [#finished]: it threw.
  boolean failed(StageSlot slot, long task, String reason) {
    AuditId about = replaying;
    if (!finished(slot, task)) {
      return false;
    }
    if (about == null) {
      giveUp(slot, reason);
    } else {
      of(about).ifPresent(it -> it.fail(reason));
    }
    rest();
    return true;
  }

  /// This stage's weights, or its program, are of no use here.
  private void giveUp(StageSlot slot, String reason) {
    unable.add(slot);
    cases.values().stream()
        .filter(it -> first(it.duty().audit().slot()).equals(slot))
        .forEach(it -> it.fail(reason));
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
    if (!busy) {
      bench.turn(wanted(), served());
      bench.whole().ifPresent(slot -> brought.add(slot));
    }
    out.addAll(bench.requests());
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

  /// Of whose weights something is wanted: of audits in which an answer is, otherwise of stages
  /// that this validator may join.
  private SortedSet<StageSlot> wanted() {
    SortedSet<StageSlot> wanted = new TreeSet<>();
    cases.values().stream()
        .filter(ServeCase::wantsAnswer)
        .forEach(it -> wanted.add(first(it.duty().audit().slot())));
    if (wanted.isEmpty()) {
      stages.values().stream()
          .filter(stage -> stage.mayJoin() && !brought.contains(stage.slot()))
          .filter(stage -> !unable.contains(stage.slot()))
          .forEach(stage -> wanted.add(stage.slot()));
    }
    return wanted;
  }

  private SortedMap<StageSlot, ServedStage> served() {
    SortedMap<StageSlot, ServedStage> served = new TreeMap<>();
    stages.forEach((slot, stage) -> served.put(slot, stage.stage()));
    return served;
  }

  private Optional<AuditorEffect> compute() {
    if (busy) {
      return Optional.empty();
    }
    for (ServeCase it : cases.values()) {
      ServeDuty duty = it.duty();
      Optional<WeightsFetch> weights = bench.of(first(duty.audit().slot()));
      Optional<Hash> own = numericClass(duty.audit().slot());
      if (it.wantsReplay() && weights.isPresent() && own.isPresent()) {
        boolean sameClass = own.equals(duty.account().numericClass());
        replaying = it.id();
        return Optional.of(
            start(duty.audit().slot(), () -> work.redo(duty, it.row(), weights.get(), sameClass)));
      }
    }
    Optional<Task> base = bench.next();
    if (base.isPresent()) {
      return base.map(task -> start(bench.slot(), task));
    }
    return stages.values().stream()
        .filter(stage -> measures(stage.slot()))
        .findFirst()
        .map(stage -> start(stage.slot(), () -> work.probe(stage.stage())));
  }

  private boolean measures(StageSlot slot) {
    return numericClass(slot).isEmpty() && !unable.contains(slot);
  }

  /// What is on chain, or measured since the node started; of every replica the same.
  private Optional<Hash> numericClass(StageSlot slot) {
    return Optional.ofNullable(stages.get(first(slot)))
        .flatMap(ServeStage::numericClass)
        .or(() -> Optional.ofNullable(measured.get(first(slot))));
  }

  /// The same stage in replica 0.
  private static StageSlot first(StageSlot slot) {
    return new StageSlot(slot.job(), slot.stage(), 0);
  }

  private AuditorEffect start(StageSlot slot, Task task) {
    busy = true;
    return lanes.computeIfAbsent(slot, AuditorLane::new).start(task);
  }

  private Optional<WorkCall> word(ServeStage stage) {
    Hash own = measured.get(stage.slot());
    boolean early = stage.mayJoin() && !brought.contains(stage.slot());
    if (own == null || early || stage.numericClass().isPresent()) {
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
