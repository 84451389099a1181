package nimble.node.work;

import nimble.codec.Bytes;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.training.role.SendTensor;
import nimble.training.role.TensorMessage;

/// How tensors travel (W3).
final class Tensors {
  private static final int SMALL_MAX = 4 * 1024;

  private Tensors() {}

  /// Sent now or never: to a peer that is not connected nothing is sent.
  static void send(Network network, SendTensor tensor) {
    Bytes message = new TensorMessage(tensor.name(), tensor.payload()).encode();
    boolean small = message.size() <= SMALL_MAX;
    network.send(
        tensor.to(),
        small ? Lane.CONTROL : Lane.BULK,
        new Message(small ? Kind.SCALARS : Kind.TENSOR, message));
  }

  static boolean isTensor(Message message) {
    return message.kind() == Kind.TENSOR || message.kind() == Kind.SCALARS;
  }
}
