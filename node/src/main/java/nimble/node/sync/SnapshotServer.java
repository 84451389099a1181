package nimble.node.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import nimble.storage.StateCut;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Answers who asks for snapshots: by height, with manifests, the newest first; by hash, with
/// parts; and who asks how epochs ended.
public final class SnapshotServer implements Owner<SnapshotServer.Asked> {
  public record Asked(PublicKey peer, Message message) {}

  /// What one answer reads from disk.
  private static final int PARTS_MAX = 4;

  /// How epochs ended fits into it, and a part.
  private static final long ROOM_MIN = Math.max(Kind.EPOCHS.sizeMax(), 2 * StateCut.PART_BYTES);

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
        answer(asked).ifPresent(answer -> network.send(asked.peer(), Lane.BULK, answer));
      } catch (Malformed e) {
        String reason = "%s: %s".formatted(asked.message().kind(), e.reason());
        penalties.penalize(asked.peer(), Penalty.LARGE, reason);
      }
    }
  }

  /// What has no room is not read (S10).
  private Optional<Message> answer(Asked asked) throws Malformed {
    Get get = Get.decode(asked.message());
    long room = network.lane(asked.peer(), Lane.BULK).answerRoom();
    if (room < ROOM_MIN) {
      return Optional.empty();
    }
    return Optional.of(
        asked.message().kind() == Kind.EPOCH_GET
            ? epochs(get).message(Kind.EPOCHS)
            : snapshots(get, room).message(Kind.SNAPSHOTS));
  }

  private Chunk epochs(Get get) throws Malformed {
    if (!(get.wanted() instanceof Get.ByHeight(long from, int count))) {
      throw new Malformed("epochs go by their numbers");
    }
    List<Bytes> steps =
        chain.steps(from, count).stream().map(step -> Writer.encode(step::write)).toList();
    return Chunk.fitting(Kind.EPOCHS, get.request(), steps);
  }

  private Chunk snapshots(Get get, long room) {
    return switch (get.wanted()) {
      case Get.ByHeight _ ->
          Chunk.fitting(Kind.SNAPSHOTS, room, get.request(), snapshots.manifests());
      case Get.ByHash(List<Hash> hashes) -> parts(get.request(), hashes, room);
    };
  }

  private Chunk parts(long request, List<Hash> hashes, long room) {
    int most = (int) Math.min(PARTS_MAX, room / StateCut.PART_BYTES);
    List<Hash> some = hashes.subList(0, Math.min(hashes.size(), most));
    List<Bytes> found = new ArrayList<>();
    some.forEach(hash -> snapshots.part(hash).ifPresent(found::add));
    Chunk answer = Chunk.fitting(Kind.SNAPSHOTS, room, request, found);
    return new Chunk(request, answer.items(), answer.truncated() || some.size() < hashes.size());
  }
}
