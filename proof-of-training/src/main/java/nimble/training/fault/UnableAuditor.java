package nimble.training.fault;

import nimble.training.role.Outcome;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.evidence.AuditBundle;

/// Honest, on a machine on which no program runs: says nothing but what is exact.
public record UnableAuditor(AuditWork honest) implements DeviatingAudit {
  @Override
  public Outcome.Probed probe() {
    throw noMemory();
  }

  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    throw noMemory();
  }

  private static IllegalStateException noMemory() {
    return new IllegalStateException("there is no memory for it");
  }
}
