package nimble.ledger;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import nimble.types.Address;

/// A pool's transactions in the order a block takes them: the best next one of all senders, each
/// sender's in the order of nonces, from the nonce that `state` expects.
final class Selection {
  private final TransactionPool pool;
  private final StateView state;
  private final PriorityQueue<Pooled> heads = new PriorityQueue<>(Pooled.BY_PRIORITY);
  private final LinkedHashSet<Address> met = new LinkedHashSet<>();

  Selection(TransactionPool pool, StateView state) {
    this.pool = pool;
    this.state = state;
    pool.senders().values().forEach(queue -> heads.add(queue.first()));
  }

  /// The next one; its sender offers no more unless [#follow] is called.
  Optional<Pooled> next() {
    while (true) {
      Pooled head = heads.poll();
      if (head == null) {
        return Optional.empty();
      }
      if (!met.add(head.sender())) {
        return Optional.of(head);
      }
      // State is asked once per sender, when its turn comes.
      long nonce = Accounts.get(state, head.sender()).nonce();
      if (head.nonce() == nonce) {
        return Optional.of(head);
      }
      at(head.sender(), nonce).ifPresent(heads::add);
    }
  }

  /// `taken` is in the block: its sender's next one may follow.
  void follow(Pooled taken) {
    at(taken.sender(), Math.addExact(taken.nonce(), 1)).ifPresent(heads::add);
  }

  private Optional<Pooled> at(Address sender, long nonce) {
    return Optional.ofNullable(pool.senders().get(sender)).flatMap(queue -> queue.at(nonce));
  }
}
