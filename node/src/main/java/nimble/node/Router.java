package nimble.node;

import java.util.Optional;
import nimble.node.chain.Replica;
import nimble.node.loop.Inbox;
import nimble.node.work.BlobExchange;
import nimble.node.work.GatewayOwner;
import nimble.node.work.MinerOwner;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;

/// Takes what the network tells to the owner whose matter it is.
record Router(
    Inbox<Replica.Input> replica,
    Inbox<BlobExchange.Input> blobs,
    Optional<Inbox<MinerOwner.Input>> miner,
    Optional<Inbox<GatewayOwner.Input>> gateway)
    implements NetworkListener {
  @Override
  public boolean offer(NetworkEvent event) {
    return switch (event) {
      case NetworkEvent.Received received -> received(received);
      case NetworkEvent.PeerConnected _,
          NetworkEvent.PeerDisconnected _,
          NetworkEvent.Refused _,
          NetworkEvent.Misbehaved _ -> {
        replica.must(new Replica.Input.Network(event));
        blobs.must(new BlobExchange.Input.Network(event));
        miner.ifPresent(inbox -> inbox.must(new MinerOwner.Input.Network(event)));
        yield true;
      }
    };
  }

  private boolean received(NetworkEvent.Received received) {
    return switch (received.message().kind()) {
      case TENSOR, SCALARS -> tensor(received);
      case BLOB_GET, BLOBS, MANIFEST_GET, MANIFESTS ->
          blobs.offer(new BlobExchange.Input.Network(received));
      default -> replica.offer(new Replica.Input.Network(received));
    };
  }

  private boolean tensor(NetworkEvent.Received received) {
    if (miner.isPresent() && !miner.get().offer(new MinerOwner.Input.Network(received))) {
      return false;
    }
    // The gateway asks again for what it misses, so its full inbox holds nobody up.
    gateway.ifPresent(inbox ->
        inbox.offer(
            new GatewayOwner.Input.Received(received.peer(), received.message().payload())));
    return true;
  }
}
