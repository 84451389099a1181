package nimble.node.chain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import nimble.consensus.Message;
import nimble.consensus.Request;
import nimble.types.PublicKey;

/// What validators say of the next epoch while this node is still in its own: kept until that epoch
/// begins here, the newest of each (N10).
final class EarlyWords {
  /// Of one peer: some views' votes and certificates.
  static final int PER_PEER_MAX = 16;

  record Word(PublicKey from, Message message) {}

  private final TreeMap<PublicKey, Deque<Message>> words = new TreeMap<>();
  private SortedSet<PublicKey> speakers = Collections.emptySortedSet();
  private long epoch;

  /// Waits for an epoch, and forgets what was kept.
  ///
  /// @param validators of that epoch
  void expect(long next, SortedSet<PublicKey> validators) {
    epoch = next;
    speakers = validators;
    words.clear();
  }

  void keep(PublicKey from, Message message) {
    if (message.epoch() != epoch || message instanceof Request || !speakers.contains(from)) {
      return;
    }
    Deque<Message> kept = words.computeIfAbsent(from, _ -> new ArrayDeque<>());
    if (kept.contains(message)) {
      return;
    }
    kept.add(message);
    if (kept.size() > PER_PEER_MAX) {
      kept.remove();
    }
  }

  /// Each peer's in the order in which it spoke.
  List<Word> all() {
    List<Word> all = new ArrayList<>();
    words.forEach((from, kept) -> kept.forEach(message -> all.add(new Word(from, message))));
    return all;
  }
}
