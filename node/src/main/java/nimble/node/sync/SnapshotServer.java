package nimble.node.sync;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Penalties;
import nimble.node.loop.Owner;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.Penalty;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Answers who asks for snapshots: by height, with manifests, the newest first; by hash, with
/// parts; and who asks how epochs ended.
public final class SnapshotServer implements Owner<SnapshotServer.Asked> {
  public record Asked(PublicKey peer, Message message) {}

  /// What one answer reads from disk.
  private static final int PARTS_MAX = 4;

  private final Snapshots snapshots;
  private final FinalizedChain chain;
  private final Network network;
  private final Penalties penalties;

  public SnapshotServer(
      Snapshots snapshots, FinalizedChain chain, Network network, Penalties penalties) {
    this.snapshots = snapshots;
    this.chain = chain;
    this.network = network;
    this.penalties = penalties;
  }

  @Override
  public void turn(long nowMillis, List<Asked> inputs) {
    for (Asked asked : inputs) {
      try {
        network.send(asked.peer(), Lane.BULK, answer(asked.message()));
      } catch (Malformed e) {
        String reason = "%s: %s".formatted(asked.message().kind(), e.reason());
        penalties.penalize(asked.peer(), Penalty.LARGE, reason);
      }
    }
  }

  private Message answer(Message message) throws Malformed {
    Get get = Get.decode(message);
    return message.kind() == Kind.EPOCH_GET
        ? epochs(get).message(Kind.EPOCHS)
        : snapshots(get).message(Kind.SNAPSHOTS);
  }

  private Chunk epochs(Get get) throws Malformed {
    if (!(get.wanted() instanceof Get.ByHeight(long from, int count))) {
      throw new Malformed("epochs go by their numbers");
    }
    List<Bytes> steps =
        chain.steps(from, count).stream().map(step -> Writer.encode(step::write)).toList();
    return Chunk.fitting(Kind.EPOCHS, get.request(), steps);
  }

  private Chunk snapshots(Get get) {
    return switch (get.wanted()) {
      case Get.ByHeight _ -> Chunk.fitting(Kind.SNAPSHOTS, get.request(), snapshots.manifests());
      case Get.ByHash(List<Hash> hashes) -> parts(get.request(), hashes);
    };
  }

  private Chunk parts(long request, List<Hash> hashes) {
    List<Hash> some = hashes.subList(0, Math.min(hashes.size(), PARTS_MAX));
    List<Bytes> found = new ArrayList<>();
    some.forEach(hash -> snapshots.part(hash).ifPresent(found::add));
    Chunk answer = Chunk.fitting(Kind.SNAPSHOTS, request, found);
    return new Chunk(request, answer.items(), answer.truncated() || some.size() < hashes.size());
  }
}
