package nimble.node.loop;

/// Runs small actions later: they put an input into a mailbox, and nothing else.
@FunctionalInterface
public interface Timers {
  void after(long delayMillis, Runnable action);
}
