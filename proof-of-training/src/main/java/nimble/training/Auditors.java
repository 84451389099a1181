package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.StageSlot;
import nimble.genesis.TrainingParameters;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.types.Address;
import nimble.types.Hash;

/// Who may audit a stage (J15).
final class Auditors {
  private Auditors() {}

  /// Validators commit to their class until all show theirs; while a job pauses, further ones may
  /// where a stage has too few.
  static boolean takesJoin(StateView state, Job job, AuditorJoin join, TrainingParameters p) {
    StageSlot slot = join.slot();
    List<Auditor> joined = Jobs.auditors(state, slot);
    boolean awaited =
        switch (job.state()) {
          case MATCHED -> !Jobs.isOpening(state, job.id());
          case PAUSED -> !suffice(state, job, slot.stage(), p);
          case RUNNING, SETTLING, COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
        };
    return p.auditorsPerStage() > 0
        && awaited
        && joined.size() < Limits.AUDITORS_MAX
        && joined.stream().noneMatch(auditor -> auditor.account().equals(join.auditor()));
  }

  static boolean takesOpen(StateView state, Job job, AuditorOpen open) {
    boolean awaited =
        switch (job.state()) {
          case MATCHED -> Jobs.isOpening(state, job.id());
          case RUNNING, PAUSED -> true;
          case SETTLING, COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
        };
    Hash commitment = NumericClass.commitment(open.numericClass(), open.auditor());
    return awaited
        && Jobs.auditors(state, open.slot()).stream()
            .filter(auditor -> auditor.account().equals(open.auditor()))
            .anyMatch(auditor ->
                auditor.numericClass().isEmpty() && auditor.classCommitment().equals(commitment));
  }

  static void joined(Turn turn, AuditorJoin join) {
    List<Auditor> all = new ArrayList<>(Jobs.auditors(turn.state(), join.slot()));
    all.add(new Auditor(join.auditor(), join.classCommitment(), Optional.empty()));
    Jobs.putAuditors(turn.state(), join.slot(), all);
  }

  static void opened(Turn turn, AuditorOpen open) {
    List<Auditor> all =
        Jobs.auditors(turn.state(), open.slot()).stream()
            .map(auditor ->
                auditor.account().equals(open.auditor())
                    ? auditor.open(open.numericClass())
                    : auditor)
            .toList();
    Jobs.putAuditors(turn.state(), open.slot(), all);
    turn.happened(
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

  /// Who can check what `miner` computed in `numericClass`, in the order in which they joined: that
  /// class, another account.
  static List<Address> able(StateView state, StageSlot slot, Hash numericClass, Address miner) {
    return Jobs.auditors(state, slot).stream()
        .filter(auditor -> auditor.numericClass().equals(Optional.of(numericClass)))
        .map(Auditor::account)
        .filter(account -> !account.equals(miner))
        .toList();
  }

  /// Whether the stage's present miner has as many auditors as a stage needs; not before it opened
  /// its class.
  static boolean suffice(StateView state, Job job, int stage, TrainingParameters p) {
    HeldStage held = job.stages().get(stage);
    return held.numericClass().isPresent()
        && able(state, job.slot(stage), held.numericClass().get(), held.miner()).size()
            >= p.auditorsPerStage();
  }

  /// Why the job cannot run; empty when every stage has its auditors.
  static Optional<String> shortage(StateView state, Job job, TrainingParameters p) {
    for (int stage = 0; stage < job.stages().size(); stage++) {
      if (!suffice(state, job, stage, p)) {
        return Optional.of(
            "stage %d has fewer than %d auditors of its numeric class"
                .formatted(stage, p.auditorsPerStage()));
      }
    }
    return Optional.empty();
  }

  /// At the job's end.
  static void forget(Turn turn) {
    for (int stage = 0; stage < turn.job().stages().size(); stage++) {
      Jobs.removeAuditors(turn.state(), turn.job().slot(stage));
    }
    Jobs.removeOpening(turn.state(), turn.job().id());
  }
}
