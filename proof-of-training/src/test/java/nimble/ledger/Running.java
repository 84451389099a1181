package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.ledger.Execution.Executed;
import nimble.types.Address;

/// A block in execution, entry by entry, for tests outside of this package.
public final class Running {
  private final StateView parent;
  private final BlockContext context;
  private final BlockRun run;

  private Running(StateView parent, BlockContext context, BlockRun run) {
    this.parent = parent;
    this.context = context;
    this.run = run;
  }

  public static Running begin(Ledger ledger, StateView parent, BlockContext context) {
    return new Running(parent, context, ledger.begin(parent, context, List.of()));
  }

  public BlockContext context() {
    return context;
  }

  public Optional<Refusal> work(SignedWorkCall call) {
    return run.work(call, 0);
  }

  public Optional<Refusal> transaction(Transaction transaction) {
    return run.transaction(transaction);
  }

  /// Of this block, so far.
  public SortedMap<Bytes, Optional<Bytes>> writes() {
    return ((Overlay) run.state()).writes();
  }

  public Executed end() {
    return run.end();
  }

  /// What a transaction may change whose call is rejected: who sent it has paid its fee and used
  /// its nonce; the base fee is burned, the tip is the leader's (L2, L3).
  public void checkOnlyFee(
      Map<Bytes, Optional<Bytes>> before,
      Map<Bytes, Optional<Bytes>> after,
      Transaction transaction,
      long fee) {
    Address sender = transaction.sender();
    long tip = transaction.body().tip();
    StateView old = Overlay.of(parent, before);
    StateView now = Overlay.of(parent, after);
    long given = sender.equals(context.proposer()) ? tip : 0;
    Account paid = Accounts.get(old, sender).addNonce().addBalance(given - fee);
    assertEquals(paid, Accounts.get(now, sender));
    assertEquals(Supply.of(old).burned() + fee - tip, Supply.of(now).burned());
    TreeSet<Bytes> changed = new TreeSet<>(after.keySet());
    changed.removeIf(key -> old.get(key).equals(now.get(key)));
    changed.remove(Keys.of(Keys.ACCOUNT, sender));
    changed.remove(Keys.of(Keys.SUPPLY));
    if (tip > 0) {
      changed.remove(Keys.of(Keys.ACCOUNT, context.proposer()));
      changed.remove(Keys.of(Keys.EPOCH));
    }
    assertEquals(new TreeSet<Bytes>(), changed, "keys that a rejected call changed");
  }
}
