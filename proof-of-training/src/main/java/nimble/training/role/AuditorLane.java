package nimble.training.role;

import java.util.Optional;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import org.jspecify.annotations.Nullable;

/// The one task that a stage's bench may have outside (R2), and the audit that it is for.
final class AuditorLane {
  private final StageSlot slot;
  private long task;
  private boolean busy;
  private @Nullable AuditId audit;

  AuditorLane(StageSlot slot) {
    this.slot = slot;
  }

  boolean free() {
    return !busy;
  }

  AuditorEffect start(Task work) {
    return start(work, null);
  }

  AuditorEffect start(Task work, @Nullable AuditId forAudit) {
    Invariant.check(!busy, "%s computes already", slot);
    busy = true;
    audit = forAudit;
    task++;
    return new AuditorEffect.Compute(slot, task, work);
  }

  /// The audit that the present task is for.
  Optional<AuditId> audit() {
    return busy ? Optional.ofNullable(audit) : Optional.empty();
  }

  /// The task came back. False when it is not ours.
  boolean finished(long id) {
    if (!busy || id != task) {
      return false;
    }
    busy = false;
    return true;
  }
}
