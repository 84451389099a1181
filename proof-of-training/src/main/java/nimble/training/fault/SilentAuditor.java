package nimble.training.fault;

import nimble.training.role.AuditBundle;
import nimble.training.role.AuditWork;
import nimble.training.role.BaseWork;
import nimble.training.role.Outcome;

/// Joins, and then never says anything about what it is drawn for.
public record SilentAuditor(AuditWork honest) implements AuditWork {
  @Override
  public BaseWork base() {
    return honest.base();
  }

  @Override
  public Outcome.Probed probe() {
    return honest.probe();
  }

  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    throw new IllegalStateException("this auditor is silent");
  }

  @Override
  public Outcome.Closed close() {
    return honest.close();
  }
}
