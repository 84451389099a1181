package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.chain.ServeCall;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.check.Invariant;
import nimble.genesis.BlockParameters;
import nimble.ledger.Execution.Executed;
import nimble.ledger.Refusal.NoOpenSlot;
import nimble.ledger.Refusal.NoRoom;
import nimble.ledger.Refusal.NonceAhead;
import nimble.ledger.Refusal.NonceUsed;
import nimble.ledger.Refusal.TooHeavy;
import nimble.ledger.Refusal.WrongContent;
import nimble.ledger.Refusal.WrongSignature;
import nimble.types.Address;

/// One block in execution: begun, entries one by one, ended. A refused entry leaves no trace, so
/// that the builder can try on.
final class BlockRun {
  private final Rules rules;
  private final BlockContext context;
  private final Overlay state;
  private final long baseFee;
  private final List<Receipt> receipts = new ArrayList<>();
  private long bytesLeft;
  private long weightLeft;

  /// @param bytesTaken of the body by what is no entry
  BlockRun(Rules rules, StateView parent, BlockContext context, long bytesTaken) {
    this.rules = rules;
    this.state = new Overlay(parent);
    this.context = Emission.begin(state, context);
    this.baseFee = Fees.baseFee(parent);
    this.bytesLeft = block().bytesMax() - bytesTaken;
    this.weightLeft = block().weightMax();
    Unbonding.mature(state, this.context);
    Vesting.mature(state, this.context);
  }

  StateView state() {
    return state;
  }

  /// L4: fills the open slot of the signer, and charges the job for it.
  ///
  /// @param reserve weight that this call must leave to transactions
  Optional<Refusal> work(SignedWorkCall signed, long reserve) {
    WorkCall call = signed.call();
    int bytes = signed.encode().size();
    long weight = Weights.of(signed, block());
    Optional<Refusal> full = room(bytes, weight, reserve);
    if (full.isPresent()) {
      return full;
    }
    return switch (OpenSlots.of(rules.jobs(), state, call)) {
      case Slot.Closed(String why) -> Optional.of(new NoOpenSlot(SlotKey.of(call).toString(), why));
      case Slot.Open open -> signed(signed, open).or(() -> fill(call, bytes, weight));
    };
  }

  private Optional<Refusal> signed(SignedWorkCall signed, Slot.Open slot) {
    return rules.signatures().holds(slot, context.chain(), signed)
        ? Optional.empty()
        : Optional.of(new WrongSignature());
  }

  private Optional<Refusal> fill(WorkCall call, int bytes, long weight) {
    Overlay attempt = new Overlay(state);
    Optional<String> wrong = fill(attempt, call);
    if (wrong.isPresent()) {
      return Optional.of(new WrongContent(wrong.get()));
    }
    attempt.commit(state);
    take(bytes, weight, new Receipt(0, new Outcome.Applied(Optional.empty())));
    return Optional.empty();
  }

  private Optional<String> fill(Overlay attempt, WorkCall call) {
    return switch (call) {
      case WorkCall.DoubleVote vote -> Punishments.report(attempt, context, vote, rules.offences());
      case WorkCall.OfJob work -> {
        Optional<String> wrong = rules.jobs().fill(attempt, context, work);
        if (wrong.isEmpty()) {
          Escrows.charge(attempt, context, work.job(), part(work));
        }
        yield wrong;
      }
    };
  }

  private static Escrows.Part part(WorkCall.OfJob call) {
    return switch (call) {
      case AuditCall audit -> Escrows.Part.AUDIT_POT;
      case WorkCall.OfStage ofStage -> Escrows.Part.BUDGET;
      case ServeCall serve -> Escrows.Part.BUDGET;
    };
  }

  /// L2, L3: takes the fee, then does the call or says why not.
  Optional<Refusal> transaction(Transaction transaction) {
    int bytes = transaction.encode().size();
    long weight = Weights.of(bytes, transaction.body().call(), block());
    Address sender = transaction.sender();
    Optional<Refusal> refusal =
        room(bytes, weight, 0)
            .or(() -> TransactionRules.size(bytes))
            .or(() -> payable(transaction, sender, weight));
    if (refusal.isPresent()) {
      return refusal;
    }
    long burned = Fees.cost(baseFee, weight);
    long fee = Math.addExact(burned, transaction.body().tip());
    Accounts.change(state, sender, account -> account.addNonce().addBalance(-fee));
    Supply.burn(state, burned);
    if (transaction.body().tip() > 0) {
      Accounts.give(state, context.proposer(), transaction.body().tip());
      MoneyEpoch.change(state, epoch -> epoch.addTip(transaction.body().tip()));
    }
    Overlay attempt = new Overlay(state);
    Outcome outcome = Calls.apply(attempt, context, sender, transaction.body().call(), rules);
    if (outcome instanceof Outcome.Applied) {
      attempt.commit(state);
    }
    take(bytes, weight, new Receipt(fee, outcome));
    return Optional.empty();
  }

  Executed end() {
    rules.jobs().endOfBlock(state, context);
    long used = block().weightMax() - weightLeft;
    Fees.putBaseFee(state, Fees.next(baseFee, used, block().weightMax()));
    long total = Supply.of(state).total();
    long cap = context.parameters().money().supplyCap();
    Invariant.check(total == cap, "supply is %d, the cap is %d (L1)", total, cap);
    return Executed.of(state, receipts);
  }

  private Optional<Refusal> payable(Transaction transaction, Address sender, long weight) {
    Transaction.Unsigned body = transaction.body();
    Account account = Accounts.get(state, sender);
    return TransactionRules.stateless(body, context.chain(), context.now().timeMillis())
        .or(() -> TransactionRules.fee(body, weight, baseFee))
        .or(() -> turn(sender, body.nonce(), account.nonce()))
        .or(() -> TransactionRules.balance(sender, account.balance(), body.maxFee()))
        .or(() -> signed(transaction));
  }

  private static Optional<Refusal> turn(Address sender, long nonce, long next) {
    if (nonce == next) {
      return Optional.empty();
    }
    return Optional.of(
        nonce < next ? new NonceUsed(sender, nonce, next) : new NonceAhead(sender, nonce, next));
  }

  private Optional<Refusal> signed(Transaction transaction) {
    return rules.signatures().holds(transaction)
        ? Optional.empty()
        : Optional.of(new WrongSignature());
  }

  private Optional<Refusal> room(int bytes, long weight, long reserve) {
    if (bytes > bytesLeft) {
      return Optional.of(new NoRoom(bytes, bytesLeft));
    }
    long left = weightLeft - reserve;
    return weight > left ? Optional.of(new TooHeavy(weight, left)) : Optional.empty();
  }

  private void take(int bytes, long weight, Receipt receipt) {
    bytesLeft -= bytes;
    weightLeft -= weight;
    receipts.add(receipt);
  }

  private BlockParameters block() {
    return context.parameters().block();
  }
}
