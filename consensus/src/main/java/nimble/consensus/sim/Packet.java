package nimble.consensus.sim;

import nimble.consensus.Message;
import nimble.types.Hash;

/// What travels between simulated nodes.
sealed interface Packet {
  record Said(Message message) implements Packet {}

  record Body(Payload payload) implements Packet {}

  record Fetch(Hash digest) implements Packet {}
}
