package nimble.node.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.types.PublicKey;

/// Fills the gap between the finalized block here and the one that others have: blocks by height
/// from one peer at a time, the next peer when one does not answer.
final class CatchUp {
  private static final int COUNT = 64;

  private final TreeMap<PublicKey, Long> heights = new TreeMap<>();
  private Optional<PublicKey> asked = Optional.empty();
  private long request;
  private long target;

  /// What a peer is known to have.
  void seen(PublicKey peer, long height) {
    heights.merge(peer, height, Math::max);
    target = Math.max(target, height);
  }

  void gone(PublicKey peer) {
    heights.remove(peer);
    if (asked.filter(peer::equals).isPresent()) {
      asked = Optional.empty();
    }
  }

  /// Some finalized block above the tip is known to exist, of unknown height.
  void behind(long tip) {
    target = Math.max(target, tip + 1);
  }

  boolean isNeeded(long tip) {
    return target > tip;
  }

  boolean isWaiting() {
    return asked.isPresent();
  }

  /// The number of the request that waits for an answer.
  long request() {
    return request;
  }

  /// Asks the next peer that may have the block above `tip`.
  void ask(long tip, Outbox outbox) {
    List<PublicKey> able = new ArrayList<>(heights.keySet());
    if (able.isEmpty()) {
      asked = Optional.empty();
      return;
    }
    request++;
    PublicKey peer = able.get((int) (request % able.size()));
    asked = Optional.of(peer);
    outbox.send(peer, new Get(request, new Get.ByHeight(tip + 1, COUNT)).message(Kind.BLOCK_GET));
  }

  /// Whether this is the answer that was waited for; then nothing is any more.
  boolean answered(PublicKey peer, long number) {
    if (number != request || asked.filter(peer::equals).isEmpty()) {
      return false;
    }
    asked = Optional.empty();
    return true;
  }

  /// What was asked for is not to be had there: others may know better.
  void nothingAt(PublicKey peer, long tip) {
    heights.put(peer, tip);
    target = heights.values().stream().mapToLong(it -> it).max().orElse(tip);
  }
}
