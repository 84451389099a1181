package nimble.node.loop;

/// Where others put inputs for an owner. Thread-safe; never blocks.
@FunctionalInterface
public interface Mailbox<I> {
  /// False when it is full: the protocol survives loss, memory does not survive a queue without a
  /// bound.
  boolean offer(I input);
}
