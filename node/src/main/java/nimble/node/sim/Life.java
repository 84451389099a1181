package nimble.node.sim;

import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import nimble.sim.Sim;

/// One process of a node, from its start to its crash: what it left behind in the future does not
/// happen (W2).
final class Life {
  private final String name;
  private final Sim sim;
  private final Trace trace;
  private final long clockAheadMillis;
  private final BiConsumer<String, Throwable> onFailure;
  private boolean over;

  /// @param clockAheadMillis of the node's clock against the world's
  /// @param onFailure told the name of the owner that broke, and the cause
  Life(
      String name,
      Sim sim,
      Trace trace,
      long clockAheadMillis,
      BiConsumer<String, Throwable> onFailure) {
    this.name = name;
    this.sim = sim;
    this.trace = trace;
    this.clockAheadMillis = clockAheadMillis;
    this.onFailure = onFailure;
  }

  boolean isOver() {
    return over;
  }

  void end() {
    over = true;
  }

  /// Milliseconds since 1970 by this node's clock.
  long clockMillis() {
    return World.START_MILLIS + sim.nowMillis() + clockAheadMillis;
  }

  void after(long millis, Runnable action) {
    sim.after(
        millis,
        () -> {
          if (!over) {
            action.run();
          }
        });
  }

  /// After a short while, as processors take it.
  void soon(int millisMax, Runnable action) {
    after(sim.random().nextInt(millisMax + 1), action);
  }

  /// Lets the world go on until `done`, or for `millis`.
  void awaitAtMost(long millis, BooleanSupplier done) {
    long until = sim.nowMillis() + millis;
    sim.after(millis, () -> {});
    sim.runUntil(() -> done.getAsBoolean() || sim.nowMillis() >= until);
  }

  void event(String what, long detail) {
    trace.event(name, what, detail);
  }

  void broke(String owner, Throwable cause) {
    onFailure.accept(owner, cause);
  }
}
