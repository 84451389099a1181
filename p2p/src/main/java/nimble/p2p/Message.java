package nimble.p2p;

import nimble.check.Invariant;
import nimble.codec.Bytes;

/// What one node says to another. The payload is opaque to the transport.
public record Message(Kind kind, Bytes payload) {
  public Message {
    Invariant.check(
        payload.size() <= kind.sizeMax(),
        "%s of %d bytes, at most %d",
        kind,
        payload.size(),
        kind.sizeMax());
  }

  @Override
  public String toString() {
    return "%s(%d bytes)".formatted(kind, payload.size());
  }
}
