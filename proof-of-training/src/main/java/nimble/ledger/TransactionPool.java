package nimble.ledger;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Consumer;
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

/// Transactions that wait, by sender and nonce, by standing and by expiry (L13).
final class TransactionPool {
  private static final int REPLACEMENT_SHARE = 10;

  private final PoolLimits limits;
  private final SequencedMap<Hash, Pooled> byId = new LinkedHashMap<>();
  private final SequencedMap<Address, SenderQueue> senders = new LinkedHashMap<>();
  private final TreeSet<SenderQueue> byStanding = new TreeSet<>(SenderQueue.BY_STANDING);
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
        .or(() -> placed(pooled, Accounts.get(view.state(), pooled.sender())));
  }

  Pooled next(Transaction transaction, PoolView view) {
    return Pooled.of(transaction, view, arrivals);
  }

  /// Takes what [#screen] has just let through.
  ///
  /// @return why it had to go at once, so large that others which are better would have had to
  Optional<Refusal> add(Pooled pooled, PoolView view) {
    Invariant.check(
        pooled.arrival() == arrivals, "entry %d comes as %d", pooled.arrival(), arrivals);
    arrivals++;
    queue(pooled.sender()).at(pooled.nonce()).ifPresent(this::remove);
    long next = Accounts.get(view.state(), pooled.sender()).nonce();
    change(
        pooled.sender(),
        queue -> {
          queue.expect(next);
          queue.add(pooled);
        });
    byId.put(pooled.id(), pooled);
    byExpiry.add(pooled);
    bytes += pooled.bytes();
    while (byId.size() > limits.countMax() || bytes > limits.bytesMax()) {
      remove(byStanding.first().last());
    }
    return byId.containsKey(pooled.id())
        ? Optional.empty()
        : Optional.of(new PoolFull(limits.countMax()));
  }

  private void change(Address sender, Consumer<SenderQueue> change) {
    SenderQueue queue = senders.computeIfAbsent(sender, _ -> new SenderQueue());
    if (!queue.isEmpty()) {
      byStanding.remove(queue);
    }
    change.accept(queue);
    if (queue.isEmpty()) {
      senders.remove(sender);
    } else {
      byStanding.add(queue);
    }
  }

  void drop(Hash id) {
    Optional.ofNullable(byId.get(id)).ifPresent(this::remove);
  }

  void finalized(List<Transaction> included, PoolView view) {
    for (Transaction transaction : included) {
      Address sender = transaction.sender();
      Account account = Accounts.get(view.state(), sender);
      queue(sender).below(account.nonce()).forEach(this::remove);
      if (senders.containsKey(sender)) {
        change(sender, queue -> queue.expect(account.nonce()));
      }
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

  private Optional<Refusal> placed(Pooled pooled, Account account) {
    return account(pooled, account).or(() -> full(pooled, account.nonce()));
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

  /// @param next that the sender's account expects
  private Optional<Refusal> full(Pooled pooled, long next) {
    SenderQueue queue = queue(pooled.sender());
    if (queue.countWith(pooled) > limits.senderCountMax()) {
      return Optional.of(new SenderFull(pooled.sender(), limits.senderCountMax()));
    }
    if (queue.bytesWith(pooled) > limits.senderBytesMax()) {
      return Optional.of(new SenderFull(pooled.sender(), limits.senderBytesMax()));
    }
    Optional<Pooled> old = queue.at(pooled.nonce());
    int count = byId.size() + (old.isPresent() ? 0 : 1);
    boolean over =
        count > limits.countMax()
            || bytes + pooled.bytes() - old.map(Pooled::bytes).orElse(0) > limits.bytesMax();
    return over && !byStanding.isEmpty() && !isBetter(queue.standingWith(pooled, next))
        ? Optional.of(new PoolFull(limits.countMax()))
        : Optional.empty();
  }

  private boolean isBetter(SenderQueue.Standing standing) {
    return standing.compareTo(byStanding.first().standing()) > 0;
  }

  private void remove(Pooled pooled) {
    byId.remove(pooled.id());
    byExpiry.remove(pooled);
    bytes -= pooled.bytes();
    change(pooled.sender(), queue -> queue.remove(pooled));
  }

  private SenderQueue queue(Address sender) {
    return senders.getOrDefault(sender, SenderQueue.NONE);
  }
}
