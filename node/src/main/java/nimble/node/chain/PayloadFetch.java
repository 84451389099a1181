package nimble.node.chain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongSupplier;
import nimble.chain.Block;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Blocks asked for by digest. Which peer is asked, and when the next one, is rule 10 of the
/// consensus core, so a fetcher with choices of its own would only be in its way; here it is
/// checked that an answer is what was asked for.
final class PayloadFetch {
  private static final int OPEN_MAX = 64;

  private record Asked(PublicKey peer, Hash digest) {}

  private final Outbox outbox;
  private final LongSupplier requests;
  private final SequencedMap<Long, Asked> open = new LinkedHashMap<>();

  PayloadFetch(Outbox outbox, LongSupplier requests) {
    this.outbox = outbox;
    this.requests = requests;
  }

  void ask(PublicKey peer, Hash digest) {
    long number = requests.getAsLong();
    open.put(number, new Asked(peer, digest));
    if (open.size() > OPEN_MAX) {
      open.pollFirstEntry();
    }
    outbox.send(peer, new Get(number, new Get.ByHash(List.of(digest))).message(Kind.BLOCK_GET));
  }

  boolean expects(PublicKey peer, Chunk chunk) {
    Asked asked = open.get(chunk.request());
    return asked != null && asked.peer().equals(peer);
  }

  /// The block that was asked for; empty when the peer does not have it.
  Optional<Block> answered(Chunk chunk) throws Malformed {
    Asked asked = open.remove(chunk.request());
    Optional<Block> block = Optional.empty();
    for (Bytes item : chunk.items()) {
      block = Optional.of(FinalizedItem.decode(item).block());
      if (asked == null || !block.get().digest().equals(asked.digest())) {
        throw new Malformed("block %s was not asked for".formatted(block.get().digest()));
      }
    }
    return block;
  }
}
