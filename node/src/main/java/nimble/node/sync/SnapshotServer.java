package nimble.node.sync;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
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
/// parts.
public final class SnapshotServer implements Owner<SnapshotServer.Asked> {
  public record Asked(PublicKey peer, Message message) {}

  /// What one answer reads from disk.
  private static final int PARTS_MAX = 4;

  private final Snapshots snapshots;
  private final Network network;
  private final Penalties penalties;

  public SnapshotServer(Snapshots snapshots, Network network, Penalties penalties) {
    this.snapshots = snapshots;
    this.network = network;
    this.penalties = penalties;
  }

  @Override
  public void turn(long nowMillis, List<Asked> inputs) {
    for (Asked asked : inputs) {
      try {
        network.send(asked.peer(), Lane.BULK, answer(Get.decode(asked.message())));
      } catch (Malformed e) {
        penalties.penalize(asked.peer(), Penalty.LARGE, "SNAPSHOT_GET: " + e.reason());
      }
    }
  }

  private Message answer(Get get) {
    Chunk answer =
        switch (get.wanted()) {
          case Get.ByHeight _ ->
              Chunk.fitting(Kind.SNAPSHOTS, get.request(), snapshots.manifests());
          case Get.ByHash(List<Hash> hashes) -> parts(get.request(), hashes);
        };
    return answer.message(Kind.SNAPSHOTS);
  }

  private Chunk parts(long request, List<Hash> hashes) {
    List<Hash> some = hashes.subList(0, Math.min(hashes.size(), PARTS_MAX));
    List<Bytes> found = new ArrayList<>();
    some.forEach(hash -> snapshots.part(hash).ifPresent(found::add));
    Chunk answer = Chunk.fitting(Kind.SNAPSHOTS, request, found);
    return new Chunk(request, answer.items(), answer.truncated() || some.size() < hashes.size());
  }
}
