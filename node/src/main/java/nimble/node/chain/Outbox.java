package nimble.node.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.types.PublicKey;

/// What a turn wants to send, held back until what protects it is durable (O2).
final class Outbox {
  private record Letter(PublicKey to, Message message) {}

  private final Network network;
  private final List<Letter> letters = new ArrayList<>();
  private List<PublicKey> validators = List.of();

  Outbox(Network network) {
    this.network = network;
  }

  /// From now on these validate.
  void validators(List<PublicKey> nodes) {
    validators = List.copyOf(nodes);
  }

  void send(PublicKey to, Message message) {
    letters.add(new Letter(to, message));
  }

  /// How large an answer to `to` may be, beside those that are held back already.
  long answerRoom(PublicKey to) {
    long held =
        letters.stream()
            .filter(it -> it.to().equals(to) && it.message().kind().isAnswer())
            .mapToLong(it -> it.message().payload().size())
            .sum();
    return network.lane(to, Lane.CONTROL).answerRoom() - held;
  }

  void sendToValidators(Message message) {
    for (PublicKey validator : validators) {
      if (!validator.equals(network.self())) {
        send(validator, message);
      }
    }
  }

  /// To the peers that are no validators.
  void sendToFollowers(Message message) {
    TreeSet<PublicKey> followers = new TreeSet<>(network.peers());
    validators.forEach(followers::remove);
    followers.forEach(follower -> send(follower, message));
  }

  /// Loss is the protocol's to survive: what a queue has no room for is dropped.
  void flush() {
    flush(letters.size());
  }

  /// The first `count` letters only.
  void flush(int count) {
    List<Letter> leaving = letters.subList(0, count);
    for (Letter letter : leaving) {
      network.send(letter.to(), Lane.CONTROL, letter.message());
    }
    leaving.clear();
  }

  int size() {
    return letters.size();
  }
}
