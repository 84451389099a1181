package nimble.training.fault;

import java.util.Optional;
import java.util.function.Function;
import nimble.genesis.TrainingParameters;
import nimble.training.NumericClass;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.auditor.MachineAudit;
import nimble.training.role.evidence.Plan;
import nimble.training.role.miner.MachineWork;
import nimble.training.role.miner.StageWork;
import nimble.training.role.serving.HostSeat;
import nimble.training.role.serving.HostWork;
import nimble.training.role.serving.MachineHost;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.audit.Tolerance;

/// How a node does the heavy side of its roles on its machine: as it should, or as its fault has
/// it.
public record Works(TrainingParameters training, Machine machine, Optional<Fault> fault) {

  /// [nimble.training.role.miner.Miner.Works].
  public StageWork mine(Plan plan, int stage) {
    Function<Machine, StageWork> honest = on -> new MachineWork(on, plan, stage, tolerance(plan));
    return fault
        .map(it -> it.work(machine, honest, plan.training().microBatches(), stage))
        .orElseGet(() -> honest.apply(machine));
  }

  /// [nimble.training.role.auditor.Auditor.Works].
  public AuditWork audit(Plan plan, int stage) {
    Function<Machine, AuditWork> honest = on -> new MachineAudit(on, plan, stage, tolerance(plan));
    return fault.map(it -> it.audits(machine, honest)).orElseGet(() -> honest.apply(machine));
  }

  /// [nimble.training.role.serving.Host.Works].
  public HostWork host(HostSeat seat) {
    ModelSpec model = seat.stage().spec().model();
    Tolerance tolerance = NumericClass.tolerance(training, model);
    HostWork honest =
        new MachineHost(
            fault.map(it -> it.serves(machine)).orElse(machine),
            seat,
            fault.map(it -> it.standsBy(tolerance)).orElse(tolerance));
    return fault.map(it -> it.hosts(honest, model.head().outWidth())).orElse(honest);
  }

  private Tolerance tolerance(Plan plan) {
    return NumericClass.tolerance(training, plan.stages().getFirst().model());
  }
}
