package nimble.training.role.auditor;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.training.role.AuditorEffect;
import nimble.training.role.Task;
import org.jspecify.annotations.Nullable;

/// The one task that a stage's bench may have outside (R2), and what it is about.
final class AuditorLane {
  private final StageSlot slot;
  private long task;
  private boolean busy;
  private @Nullable String group;

  AuditorLane(StageSlot slot) {
    this.slot = slot;
  }

  boolean free() {
    return !busy;
  }

  AuditorEffect start(Task work) {
    return start(work, null);
  }

  AuditorEffect start(Task work, @Nullable String forGroup) {
    Invariant.check(!busy, "%s computes already", slot);
    busy = true;
    group = forGroup;
    task++;
    return new AuditorEffect.Compute(slot, task, work);
  }

  /// The group of evidence that the present task is about.
  Optional<String> group() {
    return busy ? Optional.ofNullable(group) : Optional.empty();
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
