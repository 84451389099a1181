package nimble.p2p;

import java.util.SortedSet;
import nimble.types.PublicKey;

/// Another's port, for who changes one thing about it.
public abstract class ForwardingNetwork implements Network {
  private final Network network;

  protected ForwardingNetwork(Network network) {
    this.network = network;
  }

  @Override
  public PublicKey self() {
    return network.self();
  }

  @Override
  public Sent send(PublicKey peer, Lane lane, Message message) {
    return network.send(peer, lane, message);
  }

  @Override
  public void connect(PeerAddress address) {
    network.connect(address);
  }

  @Override
  public void test(PeerAddress address) {
    network.test(address);
  }

  @Override
  public void disconnect(PublicKey peer, String reason) {
    network.disconnect(peer, reason);
  }

  @Override
  public SortedSet<PublicKey> peers() {
    return network.peers();
  }

  @Override
  public LaneState lane(PublicKey peer, Lane lane) {
    return network.lane(peer, lane);
  }

  @Override
  public void admit(Admission admission) {
    network.admit(admission);
  }

  @Override
  public void relay(Relaying relaying) {
    network.relay(relaying);
  }

  @Override
  public RelayLoad relayLoad() {
    return network.relayLoad();
  }

  @Override
  public void close() {
    network.close();
  }
}
