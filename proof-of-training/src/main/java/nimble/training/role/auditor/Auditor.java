package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.dispute.Dispute;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorProgress;
import nimble.training.role.EvidenceName;
import nimble.training.role.KeepDuty;
import nimble.training.role.Outcome;
import nimble.training.role.Task;
import nimble.training.role.evidence.AuditBundle;
import nimble.training.role.evidence.Plan;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.types.Span;

/// A validator's part in checking jobs: joins as auditor, redoes the steps it is drawn for, holds
/// what a miner withholds from others, votes where answers differ. A state machine (R1): one owner
/// calls [#handle] and does what it returns.
///
/// All of it follows from finalized state and recomputation: nothing needs to survive a restart.
public final class Auditor {
  /// Makes the heavy side of a stage's audits.
  @FunctionalInterface
  public interface Works {
    AuditWork of(Plan plan, int stage);
  }

  /// What only this auditor knows until it shows it: the same at every call, also after a restart.
  public interface Secrets {
    /// Hides an answer until it is revealed.
    Hash salt(AuditId audit);

    /// Of the sketch of a stage's miner in an epoch.
    Hash key(StageSlot slot, long epoch);
  }

  /// What the names of auditors' groups of evidence begin with.
  static final String GROUPS = "audit-";

  /// What the names of groups with sketches begin with.
  static final String SKETCHES = "sketch-";

  /// What the names of groups with checkpoints begin with.
  static final String KEEPS = "keep-";

  /// Audits whose evidence is gathered or looked at: what bounds memory.
  static final int IN_WORK_MAX = 3;

  private static final int PATIENCES_PER_COMMIT = 3;

  private static final Comparator<AuditorCase> BY_DUE =
      Comparator.comparingLong((AuditorCase it) -> it.duty().audit().due().timeMillis())
          .thenComparing(it -> it.duty().id());

  private final Works works;
  private final Secrets secrets;
  private final Benches benches;
  private final Span patience;
  private final SortedMap<StageSlot, AuditorStage> stages = new TreeMap<>();
  private final SortedMap<AuditId, AuditorCase> cases = new TreeMap<>();
  private final SortedMap<String, AuditorKeep> keeps = new TreeMap<>();
  private final AuditorTexts texts = new AuditorTexts();
  private final Optional<ServeDesk> desk;
  private Duties duties = Duties.NONE;
  private boolean crowded;
  private boolean stopping;

  /// @param replays the heavy side of auditing what was served
  /// @param auditCommit within which the chain awaits commitments
  /// @param memoryMax bytes that audits of training may take together, and a replay (R35)
  public Auditor(
      Works works, ReplayWork replays, Secrets secrets, Span auditCommit, long memoryMax) {
    this(works, Optional.of(replays), secrets, auditCommit, Benches.ofBytes(memoryMax));
  }

  /// Wherever there is memory for everything.
  public Auditor(Works works, ReplayWork replays, Secrets secrets, Span auditCommit) {
    this(works, replays, secrets, auditCommit, Long.MAX_VALUE);
  }

  /// Of training alone.
  public Auditor(Works works, Secrets secrets, Span auditCommit) {
    this(works, secrets, auditCommit, Benches.ofBytes(Long.MAX_VALUE));
  }

  Auditor(Works works, Secrets secrets, Span auditCommit, Benches benches) {
    this(works, Optional.empty(), secrets, auditCommit, benches);
  }

  private Auditor(
      Works works,
      Optional<ReplayWork> replays,
      Secrets secrets,
      Span auditCommit,
      Benches benches) {
    this.works = works;
    this.benches = benches;
    this.secrets = secrets;
    patience =
        new Span(
            Math.max(1, auditCommit.millis() / PATIENCES_PER_COMMIT),
            auditCommit.blocks() / PATIENCES_PER_COMMIT);
    desk = replays.map(work -> new ServeDesk(work, secrets, patience, benches));
  }

  public List<AuditorEffect> handle(AuditorInput input) {
    List<AuditorEffect> out = new ArrayList<>();
    step(input, out);
    if (!stopping) {
      gather();
      out.addAll(data());
      assign(out);
      keep(out);
      rest(out);
    }
    out.addAll(benches.effects(stages.values()));
    cases.values().forEach(it -> out.addAll(it.effects()));
    keeps.values().forEach(it -> out.addAll(it.effects()));
    if (!stopping) {
      desk.ifPresent(it -> out.addAll(it.effects()));
    }
    stages.values().removeIf(AuditorStage::closed);
    return out;
  }

  /// Nothing is held or computed any more: after `Stopping`, the owner may end.
  public boolean idle() {
    return stages.isEmpty() && desk.map(ServeDesk::idle).orElse(true);
  }

  private void step(AuditorInput input, List<AuditorEffect> out) {
    switch (input) {
      case AuditorInput.Finalized(Moment now, Duties newest) -> finalized(now, newest, out);
      case AuditorInput.GroupsFound(var groups) -> {
        SortedSet<String> needed = new TreeSet<>(keeps.keySet());
        cases.values().forEach(it -> needed.add(it.group()));
        stages.keySet().forEach(slot -> needed.add(Sketchbook.group(slot)));
        desk.ifPresent(it -> needed.addAll(it.groups()));
        groups.stream()
            .filter(Auditor::isOurs)
            .filter(group -> !needed.contains(group))
            .forEach(group -> out.add(new AuditorEffect.Drop(group)));
      }
      case AuditorInput.EvidenceReceived(PublicKey from, EvidenceName name, Bytes payload) ->
          received(from, name, payload);
      case AuditorInput.DataFetched(Hash manifest, ByteSource data) -> {
        texts.fetched(manifest, data);
        stages.values().forEach(stage -> stage.fetched(manifest, data));
        desk.ifPresent(it -> it.fetched(manifest, data));
      }
      case AuditorInput.DataFailed(Hash manifest, _) -> texts.failed(manifest).ifPresent(out::add);
      case AuditorInput.DataTimerFired(Hash manifest) -> {
        texts.timerFired(manifest);
        desk.ifPresent(it -> it.fetchAgain(manifest));
        stages.values().forEach(stage -> stage.fetchAgain(manifest));
      }
      case AuditorInput.EvidenceFetched(String group, Hash manifest, ByteSource data) -> {
        desk.flatMap(it -> it.of(group)).ifPresent(it -> it.fetched(manifest, data));
        ofGroup(group, it -> it.fetched(manifest, data), it -> it.fetched(data));
      }
      case AuditorInput.EvidenceFailed(String group, Hash manifest, String reason) -> {
        desk.flatMap(it -> it.of(group)).ifPresent(it -> it.fetchFailed(reason));
        ofGroup(group, it -> it.fetchFailed(manifest, reason), AuditorKeep::fetchFailed);
      }
      case AuditorInput.TimerFired(AuditId audit) -> {
        desk.flatMap(it -> it.of(audit)).ifPresent(ServeCase::timerFired);
        of(audit, AuditorCase::timerFired);
      }
      case AuditorInput.KeepTimerFired(String group) ->
          ofGroup(group, _ -> {}, AuditorKeep::timerFired);
      case AuditorInput.DocumentRead(String group, Optional<Bytes> contents) -> {
        stages.values().forEach(it -> it.documentRead(group, contents));
        ofGroup(group, it -> it.documentRead(contents), _ -> {});
      }
      case AuditorInput.DocumentWritten(String group, boolean kept) ->
          ofGroup(group, it -> it.documentWritten(kept), _ -> {});
      case AuditorInput.Computed(StageSlot slot, long task, Outcome outcome) ->
          computed(slot, task, outcome, out);
      case AuditorInput.ComputeFailed(StageSlot slot, long task, String reason) ->
          computeFailed(slot, task, reason, out);
      case AuditorInput.Stopping() -> {
        stopping = true;
        cases.clear();
        keeps.clear();
        stages.values().forEach(AuditorStage::close);
        desk.ifPresent(ServeDesk::close);
      }
    }
  }

  private static boolean isOurs(String group) {
    return group.startsWith(GROUPS) || group.startsWith(KEEPS) || group.startsWith(SKETCHES);
  }

  private void finalized(Moment now, Duties newest, List<AuditorEffect> out) {
    if (stopping) {
      return;
    }
    duties = newest;
    SortedSet<StageSlot> slots = new TreeSet<>();
    for (StageDuty duty : duties.stages()) {
      slots.add(duty.slot());
      stages
          .computeIfAbsent(
              duty.slot(),
              slot ->
                  new AuditorStage(
                      duty, now, works.of(duty.plan(), slot.stage()), secrets, benches))
          .finalized(now, duty);
    }
    stages.forEach((slot, stage) -> {
      if (!slots.contains(slot)) {
        if (!stage.closing()) {
          out.add(new AuditorEffect.Drop(Sketchbook.group(slot)));
        }
        stage.close();
      }
    });
    SortedSet<AuditId> open = new TreeSet<>();
    for (AuditDuty duty : duties.audits()) {
      open.add(duty.id());
      cases
          .computeIfAbsent(duty.id(), _ -> new AuditorCase(duty, now, secrets, patience))
          .finalized(now, duty);
    }
    cases.values().stream()
        .filter(it -> !open.contains(it.duty().id()))
        .forEach(it -> {
          out.add(new AuditorEffect.Drop(it.group()));
          out.add(report(new AuditorProgress.Forgotten(it.duty().id())));
        });
    cases.keySet().retainAll(open);
    finalizedKeeps(now, out);
    desk.ifPresent(it -> it.finalized(now, duties.serving(), out));
  }

  private void finalizedKeeps(Moment now, List<AuditorEffect> out) {
    SortedSet<String> needed = new TreeSet<>();
    for (KeepDuty duty : duties.keeps()) {
      needed.add(AuditorKeep.group(duty));
      keeps
          .computeIfAbsent(AuditorKeep.group(duty), _ -> new AuditorKeep(duty, now, patience))
          .finalized(now, duty);
    }
    keeps.keySet().stream()
        .filter(group -> !needed.contains(group))
        .forEach(group -> out.add(new AuditorEffect.Drop(group)));
    keeps.keySet().retainAll(needed);
  }

  private void received(PublicKey from, EvidenceName name, Bytes payload) {
    desk.flatMap(it -> it.about(name))
        .ifPresent(it -> {
          if (name.isAnswer()) {
            it.received(from, name, payload);
          } else if (duties.validators().contains(from)) {
            it.asked(from);
          }
        });
    cases.values().stream()
        .filter(it -> it.isAbout(name))
        .forEach(it -> {
          if (name.isAnswer()) {
            it.received(from, name, payload);
          } else if (duties.validators().contains(from)) {
            it.asked(from, name.kind());
          }
        });
  }

  private void computed(StageSlot slot, long task, Outcome outcome, List<AuditorEffect> out) {
    if (desk.isPresent() && desk.get().finished(slot, task, outcome)) {
      return;
    }
    AuditorStage stage = stages.get(slot);
    if (stage == null || !stage.finished(task)) {
      return;
    }
    switch (outcome) {
      case Outcome.Probed(Hash numericClass) -> out.add(stage.measured(numericClass));
      case Outcome.Closed _ -> stage.closedNow();
      case Outcome.OfBase came -> stage.computed(came);
      case Outcome.OfAudit found ->
          of(
              found.audit(),
              it -> {
                if (found instanceof Outcome.Redone redone
                    && redone.verdict() != Verdict.REJECTED) {
                  stage.standsAt(it.duty().claimed().roots().stateRootAfter());
                  stage.sketched(it.duty().audit(), redone);
                }
                it.computed(found);
              });
      case Outcome.StateChecked(String group, boolean right) ->
          ofGroup(
              group,
              _ -> {},
              it -> {
                it.checked(right);
                if (right) {
                  KeepDuty duty = it.duty();
                  out.add(report(new AuditorProgress.Kept(duty.slot(), duty.round())));
                }
              });
      default -> throw new IllegalStateException("nobody asked for " + outcome);
    }
  }

  private void computeFailed(StageSlot slot, long task, String reason, List<AuditorEffect> out) {
    if (desk.isPresent() && desk.get().failed(slot, task, reason)) {
      return;
    }
    AuditorStage stage = stages.get(slot);
    if (stage == null) {
      return;
    }
    Optional<String> about = stage.groupInWork();
    if (stage.finished(task)) {
      about.ifPresentOrElse(
          group -> ofGroup(group, it -> it.fail(reason), it -> it.checked(false)),
          () -> out.add(stage.failed(reason)));
    }
  }

  /// What the jobs' first and last stages read.
  private List<AuditorEffect> data() {
    SortedSet<Hash> likely = new TreeSet<>();
    duties.stages().stream()
        .filter(duty -> duty.readsData() && duty.commitment().isPresent())
        .forEach(duty -> likely.add(duty.plan().data().manifest()));
    SortedSet<Hash> now = new TreeSet<>();
    inWork().stream()
        .map(AuditorCase::duty)
        .filter(AuditDuty::readsData)
        .forEach(duty -> now.add(duty.plan().data().manifest()));
    return texts.want(likely, now);
  }

  /// A bounded number of audits, the most urgent first; what has begun goes on. Those whose
  /// evidence is withheld hold nobody up.
  private void gather() {
    List<AuditorCase> waiting = wanting().stream().filter(it -> !it.begun()).toList();
    long free = IN_WORK_MAX - inWork().stream().filter(it -> !it.troubled()).count();
    waiting.stream().limit(Math.max(0, free)).forEach(AuditorCase::begin);
    inWork().forEach(it -> it.gather(sparesState(it)));
  }

  private List<AuditorCase> wanting() {
    return cases.values().stream().filter(AuditorCase::wantsWork).sorted(BY_DUE).toList();
  }

  private List<AuditorCase> inWork() {
    return wanting().stream().filter(AuditorCase::begun).toList();
  }

  /// The bench stands at the start of the round, or will when an audit before it is through.
  private boolean sparesState(AuditorCase it) {
    Optional<Hash> start = it.duty().claimed().stateRootBefore();
    return standsAtStart(it)
        || inWork().stream()
            .anyMatch(other ->
                other.duty().slot().equals(it.duty().slot())
                    && other.duty().id().compareTo(it.duty().id()) < 0
                    && other.wantsAnswer()
                    && !other.troubled()
                    && start.equals(Optional.of(other.duty().claimed().roots().stateRootAfter())));
  }

  private boolean standsAtStart(AuditorCase it) {
    AuditorStage stage = stages.get(it.duty().slot());
    return stage != null
        && stage.standing().isPresent()
        && stage.standing().equals(it.duty().claimed().stateRootBefore());
  }

  /// Puts what is whole on the benches that are free, and for which there is memory.
  private void assign(List<AuditorEffect> out) {
    crowded = false;
    long left = benches.left(stages.values());
    for (AuditorCase it : inWork()) {
      int before = out.size();
      assign(it, left, out);
      left = out.size() > before ? benches.left(stages.values()) : left;
    }
  }

  private void assign(AuditorCase it, long left, List<AuditorEffect> out) {
    AuditorStage stage = stages.get(it.duty().slot());
    Optional<ByteSource> text = texts.get(it.duty().plan().data().manifest());
    Optional<Task> rebuild = stage != null && stage.free() ? it.rebuild() : Optional.empty();
    if (stage != null && rebuild.isPresent()) {
      it.computing();
      out.add(stage.run(it.group(), rebuild.get()));
    } else if (stage == null || (stage.unable() && it.wantsAnswer() && !it.awaitsBundle())) {
      it.fail("the stage's program does not run here");
    } else if (stage.tooLarge() && it.redoes()) {
      it.fail("the stage takes %d bytes".formatted(stage.memoryBytes()));
    } else if (it.redoes() && !stage.fitsInto(left)) {
      crowded = true;
    } else if (it.wantsAnswer() && stage.numericClass().isEmpty()) {
      stage.wantClass();
    } else if (stage.free()
        && (stage.hasBase() || !it.redoes())
        && (text.isPresent() || !it.duty().readsData())) {
      boolean answers = it.wantsAnswer();
      it.bundle(text, answers && standsAtStart(it))
          .ifPresent(bundle -> {
            Hash miners = it.duty().claimed().numericClass();
            boolean sameClass = stage.numericClass().equals(Optional.of(miners));
            it.computing();
            out.add(
                answers
                    ? stage.redo(it.group(), bundle, sameClass)
                    : other(it, stage, bundle, sameClass));
          });
    }
  }

  private static AuditorEffect other(
      AuditorCase it, AuditorStage stage, AuditBundle bundle, boolean sameClass) {
    Optional<Dispute> game = it.toMove();
    if (game.isPresent()) {
      return stage.play(it.group(), bundle, sameClass, game.get());
    }
    return stage.examine(it.group(), bundle);
  }

  /// Checkpoints one after the other: a state may be large. Those of jobs that are over are here.
  private void keep(List<AuditorEffect> out) {
    List<AuditorKeep> wanting =
        keeps.values().stream()
            .filter(it -> it.wantsWork() && stages.containsKey(it.duty().slot()))
            .toList();
    if (wanting.stream().noneMatch(AuditorKeep::begun)) {
      wanting.stream().filter(it -> !it.waits()).findFirst().ifPresent(AuditorKeep::gather);
    }
    for (AuditorKeep it : wanting) {
      AuditorStage stage = stages.get(it.duty().slot());
      if (stage != null && stage.free()) {
        it.task().ifPresent(task -> out.add(stage.run(AuditorKeep.group(it.duty()), task)));
      }
    }
  }

  private void rest(List<AuditorEffect> out) {
    SortedSet<StageSlot> inUse = new TreeSet<>();
    inWork().stream().filter(it -> !it.troubled()).forEach(it -> inUse.add(it.duty().slot()));
    out.addAll(benches.rest(stages.values(), inUse, crowded));
  }

  private void of(AuditId audit, Consumer<AuditorCase> act) {
    Optional.ofNullable(cases.get(audit)).ifPresent(act);
  }

  private void ofGroup(String group, Consumer<AuditorCase> act, Consumer<AuditorKeep> actOnKeep) {
    cases.values().stream().filter(it -> it.group().equals(group)).forEach(act);
    Optional.ofNullable(keeps.get(group)).ifPresent(actOnKeep);
  }

  private static AuditorEffect report(AuditorProgress progress) {
    return new AuditorEffect.Report(progress);
  }
}
