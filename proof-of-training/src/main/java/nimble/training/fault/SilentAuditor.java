package nimble.training.fault;

import nimble.training.role.Outcome;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.evidence.AuditBundle;

/// Joins, and then never says anything about what it is drawn for.
public record SilentAuditor(AuditWork honest) implements DeviatingAudit {
  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    throw new IllegalStateException("this auditor is silent");
  }
}
