package nimble.ledger;

import java.util.List;
import java.util.Optional;
import nimble.chain.Block.Body;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.ledger.Refusal.Duplicate;
import nimble.ledger.Refusal.NoOpenSlot;
import nimble.ledger.Refusal.SlotTaken;
import nimble.ledger.Refusal.WrongSignature;
import nimble.types.Hash;

/// Entries that wait for a block (L13). Pure: time and state come as arguments, and the same calls
/// give the same pool. One owner at a time.
public final class Mempool {
  private static final int VERSION = 1;

  private final TransactionPool transactions;
  private final WorkPool work = new WorkPool();
  private final JobRules rules;

  public Mempool(PoolLimits limits, JobRules rules) {
    this.transactions = new TransactionPool(limits);
    this.rules = rules;
  }

  /// Everything but the signature, in the order of L13: for who verifies signatures elsewhere, in
  /// parallel, and then calls [#add].
  public Optional<Refusal> screen(Transaction transaction, PoolView view) {
    return transactions.screen(transactions.next(transaction, view), view);
  }

  /// Takes a transaction whose signature the caller has verified, should it still be welcome.
  public Optional<Refusal> add(Transaction transaction, PoolView view) {
    return offer(transaction, view, (_, _, _) -> true);
  }

  /// Screens, verifies and takes.
  public Optional<Refusal> offer(
      Transaction transaction, PoolView view, SignatureCheck signatures) {
    Pooled pooled = transactions.next(transaction, view);
    Optional<Refusal> refusal = transactions.screen(pooled, view);
    if (refusal.isPresent()) {
      return refusal;
    }
    if (!signatures.holds(transaction)) {
      return Optional.of(new WrongSignature());
    }
    return transactions.add(pooled, view);
  }

  /// Takes a work call that fills a slot open in the view, signed by its holder. One refused with
  /// [NoOpenSlot] may come too early for this node's state: its miner sends it again.
  public Optional<Refusal> offer(SignedWorkCall signed, PoolView view, SignatureCheck signatures) {
    if (work.contains(signed.id())) {
      return Optional.of(new Duplicate(signed.id()));
    }
    SlotKey key = SlotKey.of(signed.call());
    if (work.isTaken(key)) {
      return Optional.of(new SlotTaken(key.toString()));
    }
    return switch (OpenSlots.of(rules, view.state(), signed.call())) {
      case Slot.Closed(String why) -> Optional.of(new NoOpenSlot(key.toString(), why));
      case Slot.Open open ->
          signatures.holds(open, view.chain(), signed)
              ? work.add(signed)
              : Optional.of(new WrongSignature());
    };
  }

  public Optional<Transaction> transaction(Hash id) {
    return transactions.get(id);
  }

  public Optional<SignedWorkCall> workCall(Hash id) {
    return work.get(id);
  }

  /// In the order of arrival.
  public List<Hash> transactionIds() {
    return transactions.inOrder().stream().map(Transaction::id).toList();
  }

  public List<Hash> workCallIds() {
    return work.inOrder().stream().map(SignedWorkCall::id).toList();
  }

  public int transactionCount() {
    return transactions.size();
  }

  public int workCallCount() {
    return work.size();
  }

  public boolean isEmpty() {
    return transactionCount() == 0 && workCallCount() == 0;
  }

  /// Takes one entry out: the builder found that it never fits.
  public void drop(Hash id) {
    transactions.drop(id);
    work.drop(id);
  }

  /// Forgets what the finalized block included, and what can no longer be included after it.
  ///
  /// @param view of the state after that block
  public void finalized(Body body, PoolView view) {
    transactions.finalized(body.transactions(), view);
    work.finalized(
        body.workCalls(), call -> OpenSlots.of(rules, view.state(), call).signer().isPresent());
  }

  TransactionPool transactions() {
    return transactions;
  }

  List<SignedWorkCall> workCalls() {
    return work.inOrder();
  }

  /// Everything in the order of arrival, for the disk.
  public Bytes snapshot() {
    return Writer.encode(writer ->
        writer
            .u8(VERSION)
            .list(transactions.inOrder(), PoolLimits.COUNT_MAX, Transaction::write)
            .list(work.inOrder(), WorkPool.CALLS_MAX, SignedWorkCall::write));
  }

  /// What [#snapshot] saved, unchecked.
  public record Saved(List<Transaction> transactions, List<SignedWorkCall> workCalls) {
    public Saved {
      transactions = List.copyOf(transactions);
      workCalls = List.copyOf(workCalls);
    }

    public static Saved read(Bytes snapshot) throws Malformed {
      Reader reader = new Reader(snapshot);
      reader.version(VERSION);
      Saved saved =
          new Saved(
              reader.list(PoolLimits.COUNT_MAX, Transaction::read),
              reader.list(WorkPool.CALLS_MAX, SignedWorkCall::read));
      reader.end();
      return saved;
    }
  }

  /// Offers what was saved; what no longer holds is left out.
  ///
  /// @return how many entries came back
  public int restore(Saved saved, PoolView view, SignatureCheck signatures) {
    Invariant.check(isEmpty(), "restores into a pool of %d", transactionCount());
    saved.transactions().forEach(transaction -> offer(transaction, view, signatures));
    saved.workCalls().forEach(call -> offer(call, view, signatures));
    return transactionCount() + workCallCount();
  }
}
