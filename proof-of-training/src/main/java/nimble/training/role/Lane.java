package nimble.training.role;

import nimble.chain.StageSlot;
import nimble.check.Invariant;

/// The one task that a slot may have outside (R2).
final class Lane {
  private final StageSlot slot;
  private long task;
  private boolean busy;
  private boolean abandoned;

  Lane(StageSlot slot) {
    this.slot = slot;
  }

  boolean free() {
    return !busy;
  }

  MinerEffect start(Task work) {
    Invariant.check(!busy, "%s computes already", slot);
    busy = true;
    task++;
    return new MinerEffect.Compute(slot, task, work);
  }

  /// The task's outcome, when it comes, is of no use any more.
  void abandon() {
    abandoned = busy;
  }

  /// The task came back. False when it is not ours, or nobody wants it.
  boolean finished(long id) {
    if (!busy || id != task) {
      return false;
    }
    boolean wanted = !abandoned;
    busy = false;
    abandoned = false;
    return wanted;
  }
}
