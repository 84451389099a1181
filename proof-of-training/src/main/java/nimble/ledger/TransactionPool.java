package nimble.ledger;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import nimble.chain.Transaction;
import nimble.check.Invariant;
import nimble.ledger.Refusal.Duplicate;
import nimble.ledger.Refusal.NonceAhead;
import nimble.ledger.Refusal.NonceUsed;
import nimble.ledger.Refusal.PoolFull;
import nimble.ledger.Refusal.ReplacementTooCheap;
import nimble.ledger.Refusal.SenderFull;
import nimble.types.Address;
import nimble.types.Hash;

/// Transactions that wait, by sender and nonce, by priority and by expiry (L13).
final class TransactionPool {
  private static final int REPLACEMENT_SHARE = 10;

  private final PoolLimits limits;
  private final SequencedMap<Hash, Pooled> byId = new LinkedHashMap<>();
  private final SequencedMap<Address, SenderQueue> senders = new LinkedHashMap<>();
  private final TreeSet<Pooled> byPriority = new TreeSet<>(Pooled.BY_PRIORITY);
  private final TreeSet<Pooled> byExpiry =
      new TreeSet<>(
          Comparator.<Pooled>comparingLong(pooled -> pooled.body().validUntilMillis())
              .thenComparingLong(Pooled::arrival));
  private long bytes;
  private long arrivals;

  TransactionPool(PoolLimits limits) {
    this.limits = limits;
  }

  int size() {
    return byId.size();
  }

  Optional<Transaction> get(Hash id) {
    return Optional.ofNullable(byId.get(id)).map(Pooled::transaction);
  }

  List<Transaction> inOrder() {
    return byId.values().stream().map(Pooled::transaction).toList();
  }

  SequencedMap<Address, SenderQueue> senders() {
    return senders;
  }

  /// Size, duplicate, stateless, nonce, balance; last, whether there is room.
  Optional<Refusal> screen(Pooled pooled, PoolView view) {
    long baseFee = Fees.baseFee(view.state());
    return TransactionRules.size(pooled.bytes())
        .or(() -> duplicate(pooled.id()))
        .or(() -> TransactionRules.stateless(pooled.body(), view.chain(), view.timeMillis()))
        .or(() -> TransactionRules.fee(pooled.body(), pooled.weight(), baseFee))
        .or(() -> account(pooled, Accounts.get(view.state(), pooled.sender())))
        .or(() -> full(pooled));
  }

  Pooled next(Transaction transaction, PoolView view) {
    return Pooled.of(transaction, view, arrivals);
  }

  /// Takes what [#screen] has just let through.
  void add(Pooled pooled) {
    Invariant.check(
        pooled.arrival() == arrivals, "entry %d comes as %d", pooled.arrival(), arrivals);
    arrivals++;
    queue(pooled.sender()).at(pooled.nonce()).ifPresent(this::remove);
    while (isOver(pooled)) {
      evictFrom(byPriority.last());
    }
    senders.computeIfAbsent(pooled.sender(), sender -> new SenderQueue()).add(pooled);
    byId.put(pooled.id(), pooled);
    byPriority.add(pooled);
    byExpiry.add(pooled);
    bytes += pooled.bytes();
  }

  void drop(Hash id) {
    Optional.ofNullable(byId.get(id)).ifPresent(this::remove);
  }

  void finalized(List<Transaction> included, PoolView view) {
    for (Transaction transaction : included) {
      Address sender = transaction.sender();
      Account account = Accounts.get(view.state(), sender);
      queue(sender).below(account.nonce()).forEach(this::remove);
      // What it spent elsewhere it cannot spend here: such ones would only take others' room.
      queue(sender).beyond(account.balance()).forEach(this::remove);
    }
    while (!byExpiry.isEmpty() && byExpiry.first().body().validUntilMillis() < view.timeMillis()) {
      remove(byExpiry.first());
    }
  }

  private Optional<Refusal> duplicate(Hash id) {
    return byId.containsKey(id) ? Optional.of(new Duplicate(id)) : Optional.empty();
  }

  private Optional<Refusal> account(Pooled pooled, Account account) {
    long nonce = pooled.nonce();
    if (nonce < account.nonce()) {
      return Optional.of(new NonceUsed(pooled.sender(), nonce, account.nonce()));
    }
    if (nonce - account.nonce() >= limits.senderCountMax()) {
      return Optional.of(new NonceAhead(pooled.sender(), nonce, account.nonce()));
    }
    SenderQueue queue = queue(pooled.sender());
    Optional<Refusal> cheap = queue.at(nonce).flatMap(old -> replacement(old, pooled));
    long fees = queue.feesWith(pooled);
    return cheap.or(() -> TransactionRules.balance(pooled.sender(), account.balance(), fees));
  }

  private static Optional<Refusal> replacement(Pooled old, Pooled pooled) {
    long tip = old.body().tip();
    long raise = Math.max(1, Math.ceilDiv(tip, REPLACEMENT_SHARE));
    long needed = tip > Long.MAX_VALUE - raise ? Long.MAX_VALUE : tip + raise;
    return pooled.body().tip() < needed
        ? Optional.of(new ReplacementTooCheap(pooled.body().tip(), needed))
        : Optional.empty();
  }

  private Optional<Refusal> full(Pooled pooled) {
    SenderQueue queue = queue(pooled.sender());
    if (queue.countWith(pooled) > limits.senderCountMax()) {
      return Optional.of(new SenderFull(pooled.sender(), limits.senderCountMax()));
    }
    if (queue.bytesWith(pooled) > limits.senderBytesMax()) {
      return Optional.of(new SenderFull(pooled.sender(), limits.senderBytesMax()));
    }
    boolean replaces = queue.at(pooled.nonce()).isPresent();
    if (!replaces && isOver(pooled) && Pooled.BY_PRIORITY.compare(pooled, byPriority.last()) > 0) {
      return Optional.of(new PoolFull(limits.countMax()));
    }
    return Optional.empty();
  }

  private boolean isOver(Pooled pooled) {
    return !byId.isEmpty()
        && (byId.size() >= limits.countMax() || bytes + pooled.bytes() > limits.bytesMax());
  }

  /// The least one goes, and with it its sender's later ones, which could not be included either.
  private void evictFrom(Pooled least) {
    queue(least.sender()).from(least.nonce()).forEach(this::remove);
  }

  private void remove(Pooled pooled) {
    byId.remove(pooled.id());
    byPriority.remove(pooled);
    byExpiry.remove(pooled);
    bytes -= pooled.bytes();
    SenderQueue queue = queue(pooled.sender());
    queue.remove(pooled);
    if (queue.isEmpty()) {
      senders.remove(pooled.sender());
    }
  }

  private SenderQueue queue(Address sender) {
    return senders.getOrDefault(sender, SenderQueue.NONE);
  }
}
