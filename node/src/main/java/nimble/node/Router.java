package nimble.node;

import nimble.codec.Malformed;
import nimble.node.chain.Penalties;
import nimble.node.chain.Replica;
import nimble.node.loop.Inbox;
import nimble.node.net.Peers;
import nimble.node.sync.SnapshotServer;
import nimble.node.work.BlobExchange;
import nimble.node.work.Roles;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;
import nimble.p2p.Penalty;
import nimble.training.role.TensorMessage;

/// Takes what the network tells to the owner whose matter it is.
record Router(
    Inbox<Peers.Input> peers,
    Inbox<Replica.Input> replica,
    Inbox<BlobExchange.Input> blobs,
    Inbox<SnapshotServer.Asked> snapshots,
    Roles roles,
    Penalties penalties)
    implements NetworkListener {
  @Override
  public boolean offer(NetworkEvent event) {
    return switch (event) {
      case NetworkEvent.Received received -> received(received);
      case NetworkEvent.PeerConnected connected -> {
        everyone(event);
        roles.connected(connected.peer());
        yield true;
      }
      case NetworkEvent.PeerDisconnected _ -> {
        everyone(event);
        yield true;
      }
      case NetworkEvent.Refused _, NetworkEvent.Misbehaved _ -> {
        peers.must(new Peers.Input.Network(event));
        yield true;
      }
    };
  }

  private void everyone(NetworkEvent event) {
    peers.must(new Peers.Input.Network(event));
    replica.must(new Replica.Input.Network(event));
    blobs.must(new BlobExchange.Input.Network(event));
  }

  private boolean received(NetworkEvent.Received received) {
    long bytes = received.message().payload().size();
    return switch (received.message().kind()) {
      case TENSOR, SCALARS -> tensor(received);
      case BLOB_GET, BLOBS, MANIFEST_GET, MANIFESTS ->
          blobs.offer(new BlobExchange.Input.Network(received), bytes);
      case SNAPSHOT_GET, EPOCH_GET ->
          snapshots.offer(new SnapshotServer.Asked(received.peer(), received.message()), bytes);
      case PEERS_GET, PEERS, RELAY_ASK, RELAY_ANSWER, RELAY_REACHED, RELAY_SEEK, RELAY_FOUND ->
          peers.offer(new Peers.Input.Network(received), bytes);
      default -> replica.offer(new Replica.Input.Network(received), bytes);
    };
  }

  private boolean tensor(NetworkEvent.Received received) {
    try {
      return roles.deliver(received.peer(), TensorMessage.decode(received.message().payload()));
    } catch (Malformed e) {
      penalties.penalize(received.peer(), Penalty.LARGE, "tensor: " + e.reason());
      return true;
    }
  }
}
