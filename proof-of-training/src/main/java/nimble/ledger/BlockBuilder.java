package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import nimble.chain.Block;
import nimble.chain.Block.Body;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.genesis.BlockParameters;
import nimble.ledger.Execution.Executed;
import nimble.types.Hash;

/// Chooses a block's entries from the mempool while it executes them (L12).
public final class BlockBuilder {
  /// Entries of either kind that one block tries.
  private static final int TRIED_MAX = 10_000;

  /// After so many the time is asked for.
  private static final int TIMED = 32;

  private final Ledger ledger;
  private final Choice choice;

  /// Which of the work calls that fill a slot a leader takes into its block.
  public interface Choice {
    /// What everybody should do.
    Choice ALL = (_, _) -> true;

    /// @param state before the block
    boolean takes(StateView state, WorkCall call);
  }

  /// A body, what executing it gives, and pooled entries that no block will take: the owner of the
  /// pool drops them.
  public record Built(Body body, Executed executed, List<Hash> refused) {
    public Built {
      refused = List.copyOf(refused);
    }
  }

  public BlockBuilder(Ledger ledger) {
    this(ledger, Choice.ALL);
  }

  public BlockBuilder(Ledger ledger, Choice choice) {
    this.ledger = ledger;
    this.choice = choice;
  }

  /// The pool is only read.
  public Built build(StateView parent, BlockContext context, Mempool pool, List<Bytes> votes) {
    return build(parent, context, pool, votes, () -> true);
  }

  /// @param hasTime asked now and then: what comes after a no is left for another block
  public Built build(
      StateView parent,
      BlockContext context,
      Mempool pool,
      List<Bytes> votes,
      BooleanSupplier hasTime) {
    BlockRun run = ledger.begin(parent, context, votes);
    List<Hash> refused = new ArrayList<>();
    BlockParameters block = context.parameters().block();
    long wanted = pool.workCallCount() == 0 ? 0 : wanted(pool, parent, block);
    List<SignedWorkCall> calls =
        pool.workCalls().stream().filter(it -> choice.takes(parent, it.call())).toList();
    List<SignedWorkCall> work = work(run, calls, wanted, refused);
    List<Transaction> transactions = transactions(run, pool.transactions(), refused, hasTime);
    return new Built(new Body(work, transactions, votes), run.end(), refused);
  }

  /// What transactions ask of a block, at most their half.
  private static long wanted(Mempool pool, StateView parent, BlockParameters block) {
    long half = block.weightMax() / 2;
    long wanted = 0;
    Selection selection = new Selection(pool.transactions(), parent);
    for (int tried = 0; tried < TRIED_MAX && wanted < half; tried++) {
      Optional<Pooled> next = selection.next();
      if (next.isEmpty()) {
        return wanted;
      }
      wanted = Math.addExact(wanted, next.get().weight());
      selection.follow(next.get());
    }
    return Math.min(wanted, half);
  }

  private static List<SignedWorkCall> work(
      BlockRun run, List<SignedWorkCall> calls, long leave, List<Hash> refused) {
    List<SignedWorkCall> taken = new ArrayList<>();
    int tried = 0;
    for (SignedWorkCall call : calls) {
      if (tried++ >= TRIED_MAX || taken.size() >= Block.WORK_CALLS_MAX) {
        break;
      }
      switch (run.work(call, leave).orElse(null)) {
        case null -> taken.add(call);
        case Refusal.WrongContent wrong -> refused.add(call.id());
        case Refusal other -> {
          // Filled by an ancestor, or no room left: it may go into another block.
        }
      }
    }
    return taken;
  }

  private static List<Transaction> transactions(
      BlockRun run, TransactionPool pool, List<Hash> refused, BooleanSupplier hasTime) {
    List<Transaction> taken = new ArrayList<>();
    Selection selection = new Selection(pool, run.state());
    for (int tried = 0; tried < TRIED_MAX; tried++) {
      Optional<Pooled> next = selection.next();
      if (next.isEmpty() || (tried % TIMED == TIMED - 1 && !hasTime.getAsBoolean())) {
        break;
      }
      Pooled pooled = next.get();
      switch (run.transaction(pooled.transaction()).orElse(null)) {
        case null -> {
          taken.add(pooled.transaction());
          selection.follow(pooled);
        }
        case Refusal.Expired expired -> refused.add(pooled.id());
        case Refusal.WrongSignature wrong -> refused.add(pooled.id());
        case Refusal other -> {
          // Room, base fee or balance: it may go into another block.
        }
      }
    }
    return taken;
  }
}
