package nimble.p2p;

/// How one lane to a peer is: whether its connection stands, what waits for it, and how large an
/// answer ([Kind#isAnswer]) would be queued now.
public record LaneState(boolean open, long queuedBytes, long answerRoom) {
  public static final LaneState CLOSED = new LaneState(false, 0, 0);
}
