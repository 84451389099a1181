package nimble.training.fault;

import java.util.Optional;
import java.util.function.Function;
import nimble.genesis.TrainingParameters;
import nimble.training.NumericClass;
import nimble.training.role.AuditWork;
import nimble.training.role.HostSeat;
import nimble.training.role.HostWork;
import nimble.training.role.MachineAudit;
import nimble.training.role.MachineHost;
import nimble.training.role.MachineWork;
import nimble.training.role.Plan;
import nimble.training.role.StageWork;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.audit.Tolerance;

/// How a node does the heavy side of its roles on its machine: as it should, or as its fault has
/// it.
public record Works(TrainingParameters training, Machine machine, Optional<Fault> fault) {

  /// [nimble.training.role.Miner.Works].
  public StageWork mine(Plan plan, int stage) {
    Function<Machine, StageWork> honest = on -> new MachineWork(on, plan, stage, tolerance(plan));
    return fault
        .map(it -> it.work(machine, honest, plan.training().microBatches(), stage))
        .orElseGet(() -> honest.apply(machine));
  }

  /// [nimble.training.role.Auditor.Works].
  public AuditWork audit(Plan plan, int stage) {
    Function<Machine, AuditWork> honest = on -> new MachineAudit(on, plan, stage, tolerance(plan));
    return fault.map(it -> it.audits(machine, honest)).orElseGet(() -> honest.apply(machine));
  }

  /// [nimble.training.role.Host.Works].
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
