package nimble.node.chain;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import nimble.consensus.Effect;

/// The timers that consensus runs: one of each kind and view, of which only the newest counts.
final class ViewTimers {
  private final BiConsumer<Long, Replica.Input> later;
  private final Map<ConsensusDump.Timer, Long> running = new LinkedHashMap<>();
  private long serial;

  /// @param later hands an input back after so many milliseconds
  ViewTimers(BiConsumer<Long, Replica.Input> later) {
    this.later = later;
  }

  void start(Effect.StartTimer timer) {
    long number = ++serial;
    running.put(new ConsensusDump.Timer(timer.view(), timer.kind()), number);
    later.accept(timer.millis(), new Replica.Input.TimerFired(number, timer.view(), timer.kind()));
  }

  /// Whether it is one that still runs.
  boolean fired(Replica.Input.TimerFired timer) {
    return running.remove(new ConsensusDump.Timer(timer.view(), timer.kind()), timer.serial());
  }

  void pruneTo(long view) {
    running.keySet().removeIf(timer -> timer.view() < view);
  }

  Set<ConsensusDump.Timer> running() {
    return running.keySet();
  }

  void clear() {
    running.clear();
  }
}
