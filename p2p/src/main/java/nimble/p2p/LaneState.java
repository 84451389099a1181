package nimble.p2p;

/// How one lane to a peer is: whether its connection stands, and what waits for it.
public record LaneState(boolean open, long queuedBytes) {
  public static final LaneState CLOSED = new LaneState(false, 0);
}
