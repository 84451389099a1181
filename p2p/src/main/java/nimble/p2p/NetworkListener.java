package nimble.p2p;

/// Where the network puts its events. Called from the network's own thread: it must not block.
@FunctionalInterface
public interface NetworkListener {
  /// Whether the event was taken. False is heard for `Received` only: the lane is not read further
  /// until the same event, offered again, is taken (rule P8). The other kinds must find room: there
  /// are few of them, bounded by the number of connections.
  boolean offer(NetworkEvent event);
}
