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
import nimble.p2p.Lane;
import nimble.p2p.Network;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Answers requests for blocks, a few at a time (N13); both sides cap them, and what does not fit
/// is truncated (rule 10 of consensus).
final class BlockServer {
  /// Requests of one peer that wait: more than any fetch of this node leaves open.
  static final int WAITING_MAX = 64;

  private static final int BY_HASH_MAX = 16;
  private static final long ANSWER_BYTES_MAX = 4L * 1024 * 1024;

  private final FinalizedChain chain;
  private final Payloads payloads;
  private final Network network;
  private final Line<Get> validators = new Line<>(WAITING_MAX, Long.MAX_VALUE);
  private final Line<Get> others = new Line<>(WAITING_MAX, Long.MAX_VALUE);

  BlockServer(FinalizedChain chain, Payloads payloads, Network network) {
    this.chain = chain;
    this.payloads = payloads;
    this.network = network;
  }

  void asked(PublicKey peer, Get get, boolean isValidator) {
    Get kept =
        get.wanted() instanceof ByHash(List<Hash> hashes) && hashes.size() > BY_HASH_MAX
            ? new Get(get.request(), new ByHash(hashes.subList(0, BY_HASH_MAX)))
            : get;
    (isValidator ? validators : others).add(peer, kept, 0);
  }

  void gone(PublicKey peer) {
    validators.gone(peer);
    others.gone(peer);
  }

  /// Answers one validator and one other; whether more wait.
  boolean answerSome() {
    for (Line<Get> line : List.of(validators, others)) {
      line.next().ifPresent(next -> answer(next.getKey(), next.getValue()));
    }
    return !(validators.isEmpty() && others.isEmpty());
  }

  /// What cannot be sent is not read either.
  private void answer(PublicKey peer, Get get) {
    long room = network.lane(peer, Lane.CONTROL).answerRoom();
    if (room == 0) {
      return;
    }
    Chunk answer =
        switch (get.wanted()) {
          case ByHash(List<Hash> hashes) ->
              Chunk.fitting(Kind.BLOCKS, room, get.request(), byHash(hashes, room));
          case ByHeight(long from, int count) -> byHeight(get.request(), from, count, room);
        };
    if (!answer.isCutToNothing()) {
      network.send(peer, Lane.CONTROL, answer.message(Kind.BLOCKS));
    }
  }

  private List<Bytes> byHash(List<Hash> hashes, long room) {
    List<Bytes> items = new ArrayList<>();
    long bytes = 0;
    long bytesMax = Math.min(room, Kind.BLOCKS.sizeMax());
    for (int i = 0; i < hashes.size() && bytes < bytesMax; i++) {
      Optional<Bytes> block = block(hashes.get(i));
      bytes += block.map(Bytes::size).orElse(0);
      block.ifPresent(found -> items.add(FinalizedItem.encode(found, Optional.empty())));
    }
    return items;
  }

  private Optional<Bytes> block(Hash hash) {
    OptionalLong height = chain.heightOf(hash);
    return height.isPresent()
        ? chain.encodedBlock(height.getAsLong())
        : payloads.get(hash).map(Block::encode);
  }

  private Chunk byHeight(long request, long from, int count, long room) {
    List<Bytes> items = new ArrayList<>();
    long bytes = 0;
    long bytesMax = Math.min(room, ANSWER_BYTES_MAX);
    for (long height = from; height < from + count && bytes < bytesMax; height++) {
      Optional<Bytes> block = chain.encodedBlock(height);
      if (block.isEmpty()) {
        return Chunk.fitting(Kind.BLOCKS, room, request, items);
      }
      Bytes item = FinalizedItem.encode(block.get(), chain.certificate(height));
      bytes += item.size();
      items.add(item);
    }
    Chunk answer = Chunk.fitting(Kind.BLOCKS, room, request, items);
    return new Chunk(request, answer.items(), answer.truncated() || items.size() < count);
  }
}
