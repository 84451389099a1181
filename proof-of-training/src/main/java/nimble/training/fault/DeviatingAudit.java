package nimble.training.fault;

import nimble.training.role.BaseWork;
import nimble.training.role.Outcome;
import nimble.training.role.auditor.AuditWork;

/// An auditor that does as an honest one, but for what it changes: its answers at least.
public interface DeviatingAudit extends AuditWork {
  AuditWork honest();

  @Override
  default BaseWork base() {
    return honest().base();
  }

  @Override
  default Outcome.Probed probe() {
    return honest().probe();
  }

  @Override
  default Outcome.Closed close() {
    return honest().close();
  }
}
