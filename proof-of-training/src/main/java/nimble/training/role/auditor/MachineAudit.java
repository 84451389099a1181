package nimble.training.role.auditor;

import java.util.Optional;
import nimble.chain.AuditId;
import nimble.chain.Verdict;
import nimble.codec.Malformed;
import nimble.training.Audit;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Move;
import nimble.training.role.BaseWork;
import nimble.training.role.DisputedStep;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.AuditBundle;
import nimble.training.role.evidence.Plan;
import nimble.vm.Machine;
import nimble.vm.Metering;
import nimble.vm.StageSpec;
import nimble.vm.audit.Evidence;
import nimble.vm.audit.StageAudit;
import nimble.vm.audit.Tolerance;
import nimble.vm.training.Probe;
import org.jspecify.annotations.Nullable;

/// Audits a stage as one should, on a [Machine]. The bench is made at the first audit.
public final class MachineAudit implements AuditWork {
  private final Machine machine;
  private final Plan plan;
  private final StageSpec spec;
  private final BaseWork base;
  private final Tolerance tolerance;
  private @Nullable StageAudit bench;

  /// @param tolerance of the network, across classes
  public MachineAudit(Machine machine, Plan plan, int stage, Tolerance tolerance) {
    this.machine = machine;
    this.plan = plan;
    spec = plan.stages().get(stage);
    base = new BaseWork(plan, stage);
    this.tolerance = tolerance;
  }

  @Override
  public Outcome.Probed probe() {
    return new Outcome.Probed(Probe.measure(machine, spec, plan.training(), plan.beacon()));
  }

  @Override
  public BaseWork base() {
    return base;
  }

  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    Audit audit = bundle.audit();
    boolean done = false;
    try {
      Evidence evidence = bundle.evidence();
      StageAudit.Result result = bench().audit(evidence, sameClass);
      done = true;
      boolean losses = bundle.round().lossesAddUp();
      boolean adds = losses && bundle.round().factorsAddUp();
      return new Outcome.Redone(
          audit.id(),
          adds ? verdict(result.finding()) : Verdict.REJECTED,
          result.answer(),
          bundle.mixed() ? Optional.of(bench().projection(audit.seed())) : Optional.empty(),
          adds ? result.reason() : losses ? "the clip factor" : "the mean of the losses",
          Metering.of(spec).audit(plan.microBatches(), plan.rounds().stepsOf(audit.round())),
          bundle.sketchKey().flatMap(key -> bench().drift(evidence, key)));
    } catch (Malformed e) {
      return new Outcome.Unusable(audit.id(), e.reason());
    } finally {
      if (!done) {
        closeBench(); // Wherever it stands now.
      }
    }
  }

  @Override
  public Outcome.OfAudit play(AuditBundle bundle, boolean sameClass, Dispute dispute) {
    AuditId audit = bundle.audit().id();
    try {
      Optional<Move> move =
          DisputedStep.move(
              machine, plan, spec, bundle.evidence(), sameClass, dispute, base.part());
      return new Outcome.Played(audit, dispute.moves(), move);
    } catch (Malformed e) {
      return new Outcome.Unusable(audit, e.reason());
    }
  }

  @Override
  public Outcome.Closed close() {
    closeBench();
    base.drop();
    return new Outcome.Closed();
  }

  private StageAudit bench() {
    StageAudit present = bench;
    if (present == null) {
      present = new StageAudit(machine, spec, plan.training(), tolerance, base.part());
      bench = present;
    }
    return present;
  }

  private void closeBench() {
    StageAudit present = bench;
    if (present != null) {
      present.close();
      bench = null;
    }
  }

  static Verdict verdict(StageAudit.Finding finding) {
    return switch (finding) {
      case EQUAL -> Verdict.UPHELD;
      case DEVIATES -> Verdict.DEVIATES;
      case FALSE -> Verdict.REJECTED;
    };
  }
}
