package nimble.node.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;

/// Gives an owner turns in simulated time: the twin of [nimble.node.loop.Loop].
final class SimInbox<I> implements Inbox<I> {
  /// From the first input to the turn that takes it.
  private static final int WAKE_MILLIS_MAX = 2;

  private static final long STOP_MILLIS_MAX = 10_000;

  private final Life life;
  private final String name;
  private final int inboxMax;
  private final Deque<I> inputs = new ArrayDeque<>();
  private Optional<Owner<I>> owner = Optional.empty();
  private boolean awake;

  SimInbox(Life life, String name, int inboxMax) {
    this.life = life;
    this.name = name;
    this.inboxMax = inboxMax;
  }

  /// Counts inputs only.
  @Override
  public boolean offer(I input, long bytes) {
    if (life.isOver() || inputs.size() >= inboxMax) {
      return false;
    }
    must(input);
    return true;
  }

  @Override
  public void must(I input) {
    inputs.add(input);
    wake();
  }

  @Override
  public void start(Owner<I> started) {
    Invariant.check(owner.isEmpty(), "%s is started already", name);
    owner = Optional.of(started);
    wake();
  }

  private void wake() {
    if (!awake && owner.isPresent() && !inputs.isEmpty()) {
      awake = true;
      life.soon(WAKE_MILLIS_MAX, this::turn);
    }
  }

  private void turn() {
    awake = false;
    List<I> taken = new ArrayList<>();
    while (!inputs.isEmpty() && taken.size() < Owner.TURN_MAX) {
      taken.add(inputs.remove());
    }
    life.event(name, taken.size());
    try {
      owner.ifPresent(it -> it.turn(life.clockMillis(), taken));
    } catch (RuntimeException | Error broken) {
      life.broke(name, broken);
    }
    wake();
  }

  /// Called between the world's events: the time that an owner takes to finish passes here (O4).
  @Override
  public void stop() {
    if (!inputs.isEmpty() && !life.isOver()) {
      turn();
    }
    owner.ifPresent(it -> {
      it.stopping();
      life.awaitAtMost(STOP_MILLIS_MAX, it::isIdle);
      it.stopped();
    });
    owner = Optional.empty();
  }
}
