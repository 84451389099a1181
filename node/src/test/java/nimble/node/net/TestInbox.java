package nimble.node.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.sim.Sim;

/// Gives an owner turns in simulated time.
public final class TestInbox<I> implements Inbox<I> {
  private final Sim sim;
  private final Deque<I> inputs = new ArrayDeque<>();
  private Optional<Owner<I>> owner = Optional.empty();

  public TestInbox(Sim sim) {
    this.sim = sim;
  }

  @Override
  public boolean offer(I input, long bytes) {
    must(input);
    return true;
  }

  @Override
  public void must(I input) {
    inputs.add(input);
    sim.after(1, this::turn);
  }

  @Override
  public void start(Owner<I> started) {
    owner = Optional.of(started);
    sim.after(1, this::turn);
  }

  private void turn() {
    if (owner.isPresent() && !inputs.isEmpty()) {
      List<I> taken = new ArrayList<>(inputs);
      inputs.clear();
      owner.get().turn(TestSite.START_MILLIS + sim.nowMillis(), taken);
    }
  }

  @Override
  public void stop() {
    turn();
    owner.ifPresent(it -> {
      it.stopping();
      it.stopped();
    });
    owner = Optional.empty();
  }
}
