package nimble.node.loop;

/// An owner's inbox, there before its owner is: what is put in waits for [#start].
public interface Inbox<I> extends Mailbox<I> {
  @Override
  default boolean offer(I input) {
    return offer(input, 0);
  }

  /// As [Mailbox#offer]: false also when all that came from outside and waits here would be too
  /// many bytes (O1).
  ///
  /// @param bytes from outside that the input keeps in memory
  boolean offer(I input, long bytes);

  /// Puts in what must not be lost, whether there is room or not. For what is bounded elsewhere:
  /// connections coming and going, timers.
  void must(I input);

  void start(Owner<I> owner);

  /// Lets the owner handle what was put in before and finish what it must not cut off, then ends it
  /// (O4).
  void stop();
}
