package nimble.p2p;

/// What is gossiped, and the kinds of message that do it.
public enum Topic {
  TRANSACTIONS(Kind.TX_ANNOUNCE, Kind.TX_GET, Kind.TX_BODIES),
  WORK_CALLS(Kind.CALL_ANNOUNCE, Kind.CALL_GET, Kind.CALL_BODIES);

  private final Kind announce;
  private final Kind get;
  private final Kind bodies;

  Topic(Kind announce, Kind get, Kind bodies) {
    this.announce = announce;
    this.get = get;
    this.bodies = bodies;
  }

  public Kind announce() {
    return announce;
  }

  public Kind get() {
    return get;
  }

  public Kind bodies() {
    return bodies;
  }
}
