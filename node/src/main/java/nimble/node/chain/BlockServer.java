package nimble.node.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nimble.chain.Block;
import nimble.codec.Bytes;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Get.ByHash;
import nimble.p2p.Get.ByHeight;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.types.Hash;

/// Answers requests for blocks; both sides cap them, and what does not fit is truncated (rule 10 of
/// consensus).
final class BlockServer {
  private static final int BY_HASH_MAX = 16;
  private static final long ANSWER_BYTES_MAX = 4L * 1024 * 1024;

  private final FinalizedChain chain;
  private final Payloads payloads;

  BlockServer(FinalizedChain chain, Payloads payloads) {
    this.chain = chain;
    this.payloads = payloads;
  }

  Message answer(Get get) {
    Chunk answer =
        switch (get.wanted()) {
          case ByHash(List<Hash> hashes) ->
              Chunk.fitting(Kind.BLOCKS, get.request(), byHash(hashes));
          case ByHeight(long from, int count) -> byHeight(get.request(), from, count);
        };
    return answer.message(Kind.BLOCKS);
  }

  private List<Bytes> byHash(List<Hash> hashes) {
    List<Bytes> items = new ArrayList<>();
    for (Hash hash : hashes.subList(0, Math.min(hashes.size(), BY_HASH_MAX))) {
      OptionalLong height = chain.heightOf(hash);
      Optional<Block> block =
          height.isPresent() ? chain.block(height.getAsLong()) : payloads.get(hash);
      block.ifPresent(found -> items.add(FinalizedItem.encode(found.encode(), Optional.empty())));
    }
    return items;
  }

  private Chunk byHeight(long request, long from, int count) {
    List<Bytes> items = new ArrayList<>();
    long bytes = 0;
    for (long height = from; height < from + count && bytes < ANSWER_BYTES_MAX; height++) {
      Optional<Block> block = chain.block(height);
      if (block.isEmpty()) {
        return Chunk.fitting(Kind.BLOCKS, request, items);
      }
      Bytes item = FinalizedItem.encode(block.get().encode(), chain.certificate(height));
      bytes += item.size();
      items.add(item);
    }
    Chunk answer = Chunk.fitting(Kind.BLOCKS, request, items);
    return new Chunk(request, answer.items(), answer.truncated() || items.size() < count);
  }
}
