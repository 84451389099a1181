package nimble.consensus.sim;

import java.util.LinkedHashMap;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// Every payload that was ever made. Nodes read only what they hold; the referee reads all.
final class Library {
  static final Hash GENESIS = digest(0);

  private final LinkedHashMap<Hash, Payload> payloads = new LinkedHashMap<>();

  private static Hash digest(int number) {
    Bytes half = Bytes.concat(Bytes.ofU64(Keys.mix(number)), Bytes.ofU64(Keys.mix(-number - 1L)));
    return new Hash(Bytes.concat(half, half));
  }

  Payload write(int author, long epoch, long view, Hash parent, boolean valid) {
    long height = (parent.equals(GENESIS) ? 0 : read(parent).height()) + 1;
    Hash digest = digest(payloads.size() + 1);
    Payload payload = new Payload(digest, parent, author, epoch, view, valid, height);
    payloads.put(payload.digest(), payload);
    return payload;
  }

  Payload read(Hash digest) {
    Payload payload = payloads.get(digest);
    Invariant.check(payload != null, "no payload %s", digest);
    return Optional.ofNullable(payload).orElseThrow();
  }
}
