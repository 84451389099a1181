package nimble.training.fault;

import nimble.training.role.Outcome;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.evidence.AuditBundle;

/// Honest, but for an hour from the first audit on, in which it can do nothing.
public final class OutageOfAnHour implements DeviatingAudit {
  private static final long MILLIS = 3_600_000;

  private final AuditWork honest;
  private long backMillis = -1;

  public OutageOfAnHour(AuditWork honest) {
    this.honest = honest;
  }

  @Override
  public AuditWork honest() {
    return honest;
  }

  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    checkPower(bundle);
    return honest.redo(bundle, sameClass);
  }

  private void checkPower(AuditBundle bundle) {
    long now = bundle.audit().due().timeMillis();
    backMillis = backMillis < 0 ? now + MILLIS : backMillis;
    if (now < backMillis) {
      throw new IllegalStateException("no power");
    }
  }
}
