package nimble.node.work;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.node.loop.Inbox;
import nimble.training.role.DecodeTensor;
import nimble.training.role.EvidenceName;
import nimble.training.role.TensorMessage;
import nimble.training.role.auditor.AuditorInput;
import nimble.training.role.miner.MinerInput;
import nimble.training.role.serving.HostInput;
import nimble.types.PublicKey;

/// The roles of this node, as whoever has a tensor for them sees them.
///
/// @param miner empty when this node does not mine
/// @param host empty when this node does not mine
/// @param auditor empty when this node is no validator
public record Roles(
    Optional<Inbox<MinerOwner.Input>> miner,
    Optional<Inbox<HostOwner.Input>> host,
    Optional<Inbox<AuditorOwner.Input>> auditor,
    Inbox<GatewayOwner.Input> gateway) {
  /// False when the one whom it is for has no room now.
  public boolean deliver(PublicKey from, TensorMessage tensor) {
    if (tensor.name() instanceof DecodeTensor name && name.toGateway()) {
      // The gateway asks again for what it misses, so its full inbox holds nobody up.
      gateway.offer(
          new GatewayOwner.Input.Received(from, name, tensor.payload()), tensor.payload().size());
      return true;
    }
    if (tensor.name() instanceof EvidenceName name) {
      deliver(from, name, tensor.payload());
      return true;
    }
    // What the miner does not take is offered again, and must be news to the host then.
    if (!toMiner(from, tensor)) {
      return false;
    }
    if (tensor.name() instanceof DecodeTensor name) {
      // Of a job or of a deployment: the other of the two does not know it.
      HostInput input = new HostInput.TensorReceived(from, name, tensor.payload());
      host.ifPresent(
          inbox -> inbox.offer(new HostOwner.Input.Direct(input), tensor.payload().size()));
    }
    return true;
  }

  /// Who asks for evidence asks again: a full inbox holds nobody up.
  private void deliver(PublicKey from, EvidenceName name, Bytes payload) {
    AuditorInput input = new AuditorInput.EvidenceReceived(from, name, payload);
    auditor.ifPresent(inbox -> inbox.offer(new AuditorOwner.Input.Direct(input), payload.size()));
    if (!name.isAnswer()) {
      HostInput asked = new HostInput.EvidenceAsked(from, name);
      host.ifPresent(inbox -> inbox.offer(new HostOwner.Input.Direct(asked)));
      toMiner(from, new TensorMessage(name, payload));
    }
  }

  private boolean toMiner(PublicKey from, TensorMessage tensor) {
    MinerInput input = new MinerInput.TensorReceived(from, tensor.name(), tensor.payload());
    return miner.isEmpty()
        || miner.get().offer(new MinerOwner.Input.Direct(input), tensor.payload().size());
  }

  /// What was sent to `peer` before may be lost.
  public void connected(PublicKey peer) {
    miner.ifPresent(
        inbox -> inbox.must(new MinerOwner.Input.Direct(new MinerInput.PeerConnected(peer))));
  }
}
