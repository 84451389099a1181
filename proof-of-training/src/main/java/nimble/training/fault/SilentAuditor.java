package nimble.training.fault;

import nimble.training.role.AuditBundle;
import nimble.training.role.AuditWork;
import nimble.training.role.Outcome;

/// Joins, and then never says anything about what it is drawn for.
public record SilentAuditor(AuditWork honest) implements DeviatingAudit {
  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    throw new IllegalStateException("this auditor is silent");
  }
}
