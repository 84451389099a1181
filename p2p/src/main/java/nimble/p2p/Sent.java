package nimble.p2p;

/// What became of a message given to `send`.
public enum Sent {
  /// It leaves unless the connection breaks first.
  QUEUED,
  /// Too much waits for this peer on this lane already.
  QUEUE_FULL,
  /// There is no connection to this peer.
  NOT_CONNECTED
}
