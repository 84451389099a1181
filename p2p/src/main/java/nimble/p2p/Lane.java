package nimble.p2p;

import nimble.codec.Malformed;

/// One of a peer's two connections, so that a large tensor never delays a vote.
public enum Lane {
  /// Votes, blocks, gossip, requests.
  CONTROL(1, 8 << 20),
  /// Tensors, blobs, snapshots. Opened when first needed.
  BULK(2, 256 << 20);

  private final int code;
  private final int queuedBytesMax;

  Lane(int code, int queuedBytesMax) {
    this.code = code;
    this.queuedBytesMax = queuedBytesMax;
  }

  public int code() {
    return code;
  }

  /// What may wait to be sent to one peer; a single message is always taken by an empty queue.
  public int queuedBytesMax() {
    return queuedBytesMax;
  }

  public static Lane of(int code) throws Malformed {
    return switch (code) {
      case 1 -> CONTROL;
      case 2 -> BULK;
      default -> throw new Malformed("lane %d".formatted(code));
    };
  }
}
