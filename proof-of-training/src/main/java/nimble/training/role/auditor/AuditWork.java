package nimble.training.role.auditor;

import java.util.Optional;
import nimble.training.dispute.Dispute;
import nimble.training.role.BaseWork;
import nimble.training.role.DisputedStep;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.AuditBundle;

/// The heavy side of auditing one stage. Its methods are called inside tasks only, one at a time
/// (R2). Honest auditors' are [MachineAudit]; whoever deviates wraps one.
public interface AuditWork {
  /// Compiles the program and measures its class.
  Outcome.Probed probe();

  /// Where the base comes in; no step is redone before it is whole.
  BaseWork base();

  /// Checks the evidence against what was committed to, and redoes the audited step.
  ///
  /// @param sameClass whether this machine and the miner's are of one class
  Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass);

  /// What to say next to the miner, having accused it. Who deviates has nothing to say.
  default Outcome.OfAudit play(AuditBundle bundle, boolean sameClass, Dispute dispute) {
    return new Outcome.Played(bundle.audit().id(), dispute.moves(), Optional.empty());
  }

  /// The exact parts of a disputed step: needs no program.
  default Outcome.OfAudit examine(AuditBundle bundle) {
    return DisputedStep.examine(bundle, base().part());
  }

  /// Gives all memory back; what follows takes it anew.
  Outcome.Closed close();
}
