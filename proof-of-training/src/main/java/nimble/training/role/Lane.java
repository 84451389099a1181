package nimble.training.role;

import nimble.chain.StageSlot;
import nimble.check.Invariant;

/// The one task that a role may have outside for a slot (R2).
public final class Lane {
  private static final long BESIDE = 1L << 32;

  private final StageSlot slot;
  private long task;
  private boolean busy;
  private boolean abandoned;

  /// The first of a slot: tasks are numbered from 1.
  public Lane(StageSlot slot) {
    this(slot, 0);
  }

  private Lane(StageSlot slot, long task) {
    this.slot = slot;
    this.task = task;
  }

  /// Another of the same slot; their tasks never have the same number.
  public static Lane beside(StageSlot slot) {
    return new Lane(slot, BESIDE);
  }

  /// Nothing is outside; otherwise [#begin] fails.
  public boolean free() {
    return !busy;
  }

  /// What gives the task out.
  public interface Start<E> {
    E of(StageSlot slot, long task, Task work);
  }

  /// Gives a task out.
  ///
  /// @param start makes the effect of slot, number and task
  public <E> E begin(Task work, Start<E> start) {
    Invariant.check(!busy, "%s computes already", slot);
    busy = true;
    task++;
    return start.of(slot, task, work);
  }

  /// The task's outcome, when it comes, is of no use any more.
  public void abandon() {
    abandoned = busy;
  }

  /// The task came back. False when it is not ours, or nobody wants it.
  public boolean finished(long id) {
    if (!busy || id != task) {
      return false;
    }
    boolean wanted = !abandoned;
    busy = false;
    abandoned = false;
    return wanted;
  }
}
