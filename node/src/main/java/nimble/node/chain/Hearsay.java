package nimble.node.chain;

import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import nimble.p2p.Message;
import nimble.types.PublicKey;

/// What peers say that may wait until votes have been heard (N14).
final class Hearsay {
  /// Messages of one peer: more than the answers to all that this node asks of it at a time.
  static final int PER_PEER_MAX = 1_024;

  /// Of validators, and as much of all others.
  static final long BYTES_MAX = 32 << 20;

  /// Messages in one turn: few enough that votes need not wait for long, and many enough that
  /// transactions are still taken together.
  static final int SHARE_MAX = 64;

  /// In one turn, and one message over it.
  static final long SHARE_BYTES_MAX = 256 << 10;

  private final Line<Message> validators = new Line<>(PER_PEER_MAX, BYTES_MAX);
  private final Line<Message> others = new Line<>(PER_PEER_MAX, BYTES_MAX);
  private boolean ofOthers;

  void add(PublicKey peer, Message message, boolean isValidator) {
    (isValidator ? validators : others).add(peer, message, message.payload().size());
  }

  void gone(PublicKey peer) {
    validators.gone(peer);
    others.gone(peer);
  }

  boolean isEmpty() {
    return validators.isEmpty() && others.isEmpty();
  }

  /// Lets a share be heard, one of a validator and one of somebody else by turns.
  ///
  /// @param most messages, at most [#SHARE_MAX]
  void hearSome(int most, BiConsumer<PublicKey, Message> listener) {
    long bytes = 0;
    for (int heard = 0; heard < most && bytes < SHARE_BYTES_MAX && !isEmpty(); heard++) {
      Line<Message> turn = ofOthers ? others : validators;
      Line<Message> other = ofOthers ? validators : others;
      Optional<Map.Entry<PublicKey, Message>> next = turn.next().or(other::next);
      ofOthers = !ofOthers;
      if (next.isPresent()) {
        Message message = next.get().getValue();
        bytes += message.payload().size();
        listener.accept(next.get().getKey(), message);
      }
    }
  }
}
