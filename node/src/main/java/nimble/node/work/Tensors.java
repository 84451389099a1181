package nimble.node.work;

import nimble.codec.Bytes;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.training.role.SendTensor;
import nimble.training.role.TensorMessage;

/// How tensors travel (W3): over the network, or from one role of this node to the other.
public record Tensors(Network network, Roles roles) {
  private static final int SMALL_MAX = 4 * 1024;

  /// Sent now or never: to a peer that is not connected nothing is sent.
  void send(SendTensor tensor) {
    TensorMessage message = new TensorMessage(tensor.name(), tensor.payload());
    if (tensor.to().equals(network.self())) {
      roles.deliver(network.self(), message);
      return;
    }
    Bytes bytes = message.encode();
    boolean small = bytes.size() <= SMALL_MAX;
    network.send(
        tensor.to(),
        small ? Lane.CONTROL : Lane.BULK,
        new Message(small ? Kind.SCALARS : Kind.TENSOR, bytes));
  }
}
