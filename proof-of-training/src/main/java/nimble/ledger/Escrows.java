package nimble.ledger;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Math128;

/// The money of jobs: in from a balance, out to miners, the leader, the fire and back (L7).
public final class Escrows {
  private static final long PERMILLE = 1_000;

  /// What a payment became.
  ///
  /// @param net begins to vest
  /// @param fee the protocol fee, burned
  public record Payment(long net, long fee) {}

  /// Out of which part of an escrow a slot charge comes. Audits never touch the budget: settled
  /// work can always be paid.
  enum Part {
    BUDGET,
    AUDIT_POT;

    private long of(Escrow escrow) {
      return this == BUDGET ? escrow.budget() : escrow.auditPot();
    }

    private Escrow less(Escrow escrow, long charge) {
      return this == BUDGET
          ? new Escrow(escrow.budget() - charge, escrow.auditPot())
          : new Escrow(escrow.budget(), escrow.auditPot() - charge);
    }
  }

  private Escrows() {}

  public static Optional<Escrow> get(StateView state, JobId job) {
    return state.read(key(job), Escrow::read);
  }

  /// Moves budget and audit pot from the payer's balance into a new escrow; false, and nothing is
  /// done, when the balance is less.
  public static boolean open(Overlay state, JobId job, Address payer, long budget, long auditPot) {
    Invariant.check(get(state, job).isEmpty(), "job %s has an escrow", job);
    if (budget > Long.MAX_VALUE - auditPot) {
      return false;
    }
    Escrow escrow = new Escrow(budget, auditPot);
    if (!Accounts.take(state, payer, escrow.total())) {
      return false;
    }
    put(state, job, escrow);
    return true;
  }

  /// Adds to the budget from the payer's balance; false, and nothing is done, when it is less.
  public static boolean topUp(Overlay state, JobId job, Address payer, long amount) {
    Escrow escrow = existing(state, job);
    if (!Accounts.take(state, payer, amount)) {
      return false;
    }
    put(state, job, new Escrow(Math.addExact(escrow.budget(), amount), escrow.auditPot()));
    return true;
  }

  /// Pays a miner for settled work on its stage, from the budget, which must hold `amount`: the
  /// protocol fee is burned and counted for the epoch, the rest begins to vest and can be slashed
  /// for that stage until then.
  ///
  /// @param operations metered, that `amount` is the price of
  public static Payment pay(
      Overlay state,
      BlockContext context,
      StageSlot slot,
      Address miner,
      long operations,
      long amount) {
    Escrow escrow = existing(state, slot.job());
    Invariant.check(
        amount >= 0 && amount <= escrow.budget(), "pays %d of %d", amount, escrow.budget());
    long fee = Math128.mulDiv(amount, context.parameters().money().protocolFeePermille(), PERMILLE);
    Invariant.check(fee <= amount, "fee %d of %d", fee, amount);
    long net = amount - fee;
    put(state, slot.job(), new Escrow(escrow.budget() - amount, escrow.auditPot()));
    Supply.burn(state, fee);
    WorkFees.add(state, slot, miner, operations, amount, fee);
    Income.change(state, miner, income -> income.addWork(net));
    Vesting.begin(state, context, slot, miner, net);
    return new Payment(net, fee);
  }

  /// Gives `amount` of the budget, which must hold it, to the balance of `to`: for nothing that
  /// anybody answers for.
  public static void give(Overlay state, JobId job, Address to, long amount) {
    Escrow escrow = existing(state, job);
    Invariant.check(
        amount >= 0 && amount <= escrow.budget(), "gives %d of %d", amount, escrow.budget());
    put(state, job, new Escrow(escrow.budget() - amount, escrow.auditPot()));
    Accounts.give(state, to, amount);
  }

  /// Pays an auditor, from the audit pot as far as it reaches. It begins to vest, without a
  /// protocol fee: checking is no work that emission follows.
  ///
  /// @return the amount paid
  public static long payAudit(
      Overlay state, BlockContext context, JobId job, Address auditor, long amount) {
    Invariant.check(amount >= 0, "pays %d", amount);
    Escrow escrow = existing(state, job);
    long paid = Math.min(amount, escrow.auditPot());
    put(state, job, new Escrow(escrow.budget(), escrow.auditPot() - paid));
    Income.change(state, auditor, income -> income.addAudits(paid));
    Vesting.begin(state, context, auditor, paid);
    return paid;
  }

  /// Gives audits that were for nothing back to the pot, from the stake of who wanted them, as far
  /// as it reaches.
  ///
  /// @return the amount
  public static long refundAudits(Overlay state, JobId job, Address wanted, long amount) {
    Invariant.check(amount >= 0, "refunds %d", amount);
    Escrow escrow = existing(state, job);
    long taken = Math.min(amount, Accounts.get(state, wanted).stake());
    Accounts.change(state, wanted, account -> account.addStake(-taken));
    put(state, job, new Escrow(escrow.budget(), Math.addExact(escrow.auditPot(), taken)));
    return taken;
  }

  /// Adds what was taken from a miner to the budget of a job that has an escrow.
  ///
  /// @return the amount added
  static long refill(Overlay state, JobId job, long amount) {
    Optional<Escrow> found = get(state, job);
    if (found.isEmpty()) {
      return 0;
    }
    long budget = Math.addExact(found.get().budget(), amount);
    put(state, job, new Escrow(budget, found.get().auditPot()));
    return amount;
  }

  /// Closes the escrow: what is left, audit pot included, goes to the balance of `to`.
  ///
  /// @return the amount
  public static long refund(Overlay state, JobId job, Address to) {
    long rest = existing(state, job).total();
    put(state, job, new Escrow(0, 0));
    state.remove(key(job));
    Accounts.give(state, to, rest);
    return rest;
  }

  /// Moves up to `upTo` of the budget into the audit pot.
  public static void reserveAudits(Overlay state, JobId job, long upTo) {
    Invariant.check(upTo >= 0, "reserves %d", upTo);
    Escrow escrow = existing(state, job);
    long moved = Math.min(upTo, escrow.budget());
    put(state, job, new Escrow(escrow.budget() - moved, escrow.auditPot() + moved));
  }

  /// The charge for one filled slot: half burned, half to the leader. Rules reserve it in that part
  /// of the escrow; a smaller rest is charged as far as it reaches.
  static void charge(Overlay state, BlockContext context, JobId job, Part part) {
    Optional<Escrow> found = get(state, job);
    if (found.isEmpty()) {
      return;
    }
    Escrow escrow = found.get();
    long most = context.parameters().block().slotCharge();
    long charge = Math.min(most, part.of(escrow));
    long leaders = charge / 2;
    put(state, job, part.less(escrow, charge));
    Supply.burn(state, charge - leaders);
    Accounts.give(state, context.proposer(), leaders);
    MoneyEpoch.change(state, epoch -> epoch.addTip(leaders));
  }

  private static Escrow existing(StateView state, JobId job) {
    Optional<Escrow> escrow = get(state, job);
    Invariant.check(escrow.isPresent(), "job %s has no escrow", job);
    return escrow.orElseThrow();
  }

  private static void put(Overlay state, JobId job, Escrow escrow) {
    long before = get(state, job).map(Escrow::total).orElse(0L);
    state.write(key(job), escrow::write);
    Supply.change(state, supply -> supply.addEscrows(escrow.total() - before));
  }

  private static Bytes key(JobId job) {
    return Keys.of(Keys.ESCROW, job);
  }
}
