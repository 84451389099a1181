package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.StageSlot;
import nimble.genesis.ClassParameters;
import nimble.genesis.TrainingParameters;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Hash;

/// Who may audit a stage (J15).
public final class Auditors {
  private Auditors() {}

  /// Validators commit to their class until all show theirs; while a job pauses, further ones may
  /// where a stage has too few.
  static void checkJoin(StateView state, Job job, AuditorJoin join, TrainingParameters p)
      throws NotAwaited {
    StageSlot slot = join.slot();
    boolean awaited =
        switch (job.state()) {
          case MATCHED -> !Jobs.isOpening(state, job.id());
          case PAUSED -> !suffice(state, job, slot.stage(), p);
          case RUNNING, SETTLING, COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
        };
    NotAwaited.unless(awaited, "%s: no auditors are awaited", job.words());
    checkPlaces(state, join, p);
  }

  /// There is a place, and it has none.
  static void checkPlaces(StateView state, AuditorJoin join, TrainingParameters p)
      throws NotAwaited {
    List<Auditor> joined = Jobs.auditors(state, join.slot());
    NotAwaited.unless(p.auditorsPerStage() > 0, "this chain audits nothing");
    NotAwaited.unless(
        joined.size() < Limits.AUDITORS_MAX, "all %d places are taken", Limits.AUDITORS_MAX);
    NotAwaited.unless(
        joined.stream().noneMatch(auditor -> auditor.account().equals(join.auditor())),
        "%s has joined",
        join.auditor());
  }

  static void checkOpen(StateView state, Job job, AuditorOpen open) throws NotAwaited {
    boolean awaited =
        switch (job.state()) {
          case MATCHED -> Jobs.isOpening(state, job.id());
          case RUNNING, PAUSED -> true;
          case SETTLING, COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
        };
    NotAwaited.unless(awaited, "%s: nobody shows a class", job.words());
    checkCommitment(state, open);
  }

  /// It opens what it committed to.
  static void checkCommitment(StateView state, AuditorOpen open) throws NotAwaited {
    Hash commitment = NumericClass.commitment(open.numericClass(), open.auditor());
    Auditor joined =
        Jobs.auditors(state, open.slot()).stream()
            .filter(auditor -> auditor.account().equals(open.auditor()))
            .findFirst()
            .orElseThrow(() -> NotAwaited.because("%s has not joined", open.auditor()));
    NotAwaited.unless(joined.numericClass().isEmpty(), "%s has shown its class", open.auditor());
    NotAwaited.unless(
        joined.classCommitment().equals(commitment),
        "%s committed to another class",
        open.auditor());
  }

  static void joined(Court court, AuditorJoin join) {
    List<Auditor> all = new ArrayList<>(Jobs.auditors(court.state(), join.slot()));
    all.add(new Auditor(join.auditor(), join.classCommitment(), Optional.empty()));
    Jobs.putAuditors(court.state(), join.slot(), all);
  }

  static void opened(Court court, AuditorOpen open) {
    List<Auditor> all =
        Jobs.auditors(court.state(), open.slot()).stream()
            .map(auditor ->
                auditor.account().equals(open.auditor())
                    ? auditor.open(open.numericClass())
                    : auditor)
            .toList();
    Jobs.putAuditors(court.state(), open.slot(), all);
    court.happened(
        new AuditEvent.AuditorJoined(open.slot().stage(), open.auditor(), open.numericClass()));
  }

  /// Whether nobody else can join before everyone shows their class.
  static boolean complete(StateView state, Job job, TrainingParameters p) {
    if (p.auditorsPerStage() == 0) {
      return true;
    }
    int most = Math.min(Validators.all(state).size(), Limits.AUDITORS_MAX);
    for (int stage = 0; stage < job.stages().size(); stage++) {
      if (Jobs.auditors(state, job.slot(stage)).size() < most) {
        return false;
      }
    }
    return true;
  }

  /// Who can check what `miner` computed in `numericClass`, in the order in which they joined:
  /// another account, of that class, or of any where the job says so.
  static List<Address> able(StateView state, Job job, int stage, Hash numericClass, Address miner) {
    boolean any = job.order().anyClass();
    return Jobs.auditors(state, job.slot(stage)).stream()
        .filter(auditor ->
            auditor.numericClass().filter(it -> any || it.equals(numericClass)).isPresent())
        .map(Auditor::account)
        .filter(account -> !account.equals(miner))
        .filter(account -> Validators.stake(state, account) > 0)
        .toList();
  }

  /// Who can check it in another class, of those that serve the stage.
  static List<Address> others(
      StateView state, StageSlot slot, Hash numericClass, Address miner, ClassParameters p) {
    return Jobs.auditors(state, slot).stream()
        .filter(auditor ->
            auditor
                .numericClass()
                .filter(shown -> !shown.equals(numericClass))
                .filter(shown -> Classes.isServed(state, slot, shown, p))
                .isPresent())
        .map(Auditor::account)
        .filter(account -> !account.equals(miner))
        .filter(account -> Validators.stake(state, account) > 0)
        .toList();
  }

  /// The class that a validator showed for a stage.
  static Optional<Hash> classOf(StateView state, StageSlot slot, Address account) {
    return Jobs.auditors(state, slot).stream()
        .filter(auditor -> auditor.account().equals(account))
        .findFirst()
        .flatMap(Auditor::numericClass);
  }

  /// Whether those who sit in an audit, or may, are of several classes: then their answers are
  /// compared by projections.
  public static boolean isMixed(StateView state, Audit audit) {
    return Stream.concat(audit.seats().stream().map(AuditSeat::auditor), audit.reserve().stream())
            .map(account -> classOf(state, audit.slot(), account))
            .distinct()
            .count()
        > 1;
  }

  /// Whether the stage's present miner has as many auditors as a stage needs; not before it opened
  /// its class.
  static boolean suffice(StateView state, Job job, int stage, TrainingParameters p) {
    return shortage(state, job, stage, p).isEmpty();
  }

  /// Why the job cannot run, by stage; empty when every stage has its auditors.
  static SortedMap<Integer, String> shortages(StateView state, Job job, TrainingParameters p) {
    SortedMap<Integer, String> shortages = new TreeMap<>();
    for (int stage = 0; stage < job.stages().size(); stage++) {
      int index = stage;
      shortage(state, job, stage, p).ifPresent(why -> shortages.put(index, why));
    }
    return shortages;
  }

  /// Whether a stage whose miner showed its class has too few by now.
  static boolean isLacking(StateView state, Job job, TrainingParameters p) {
    return IntStream.range(0, job.stages().size())
        .filter(stage -> job.stages().get(stage).numericClass().isPresent())
        .anyMatch(stage -> shortage(state, job, stage, p).isPresent());
  }

  /// Whether the stage has auditors for a miner of another class than its present one's, which has
  /// too few (J40).
  static boolean awaitAnother(StateView state, Job job, int stage, TrainingParameters p) {
    HeldStage held = job.stages().get(stage);
    return held.numericClass().isPresent()
        && !job.order().anyClass()
        && !suffice(state, job, stage, p)
        && Jobs.auditors(state, job.slot(stage)).stream()
            .flatMap(auditor -> auditor.numericClass().stream())
            .anyMatch(shown -> shortage(state, job, stage, shown, held.miner(), p).isEmpty());
  }

  private static Optional<String> shortage(
      StateView state, Job job, int stage, TrainingParameters p) {
    HeldStage held = job.stages().get(stage);
    if (p.auditorsPerStage() == 0) {
      return Optional.empty();
    }
    return held.numericClass().isEmpty()
        ? Optional.of("its numeric class is not shown")
        : shortage(state, job, stage, held.numericClass().get(), held.miner(), p);
  }

  private static Optional<String> shortage(
      StateView state, Job job, int stage, Hash shown, Address miner, TrainingParameters p) {
    StageSlot slot = job.slot(stage);
    if (!job.order().anyClass() && !Classes.isServed(state, slot, shown, p.classes())) {
      return Optional.of(Classes.unserved(state, slot, shown, p.classes()));
    }
    return able(state, job, stage, shown, miner).size() >= p.auditorsPerStage()
        ? Optional.empty()
        : Optional.of(
            "fewer than %d auditors of %s numeric class"
                .formatted(p.auditorsPerStage(), job.order().anyClass() ? "any" : "its"));
  }

  /// At the job's end.
  static void forget(Turn turn) {
    for (int stage = 0; stage < turn.job().stages().size(); stage++) {
      Jobs.removeAuditors(turn.state(), turn.job().slot(stage));
    }
    Jobs.removeOpening(turn.state(), turn.job().id());
  }
}
