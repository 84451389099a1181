package nimble.ledger;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.types.Address;

/// From settlement until pay is bond and stake (L9).
public final class Vesting {
  private Vesting() {}

  /// What the miner earned with this stage and a slash would still take.
  public static long unvested(StateView state, StageSlot slot, Address miner) {
    return StageVesting.get(state, slot, miner).unvested();
  }

  public static boolean isHeld(StateView state, StageSlot slot, Address miner) {
    return StageVesting.get(state, slot, miner).holds() > 0;
  }

  /// Keeps the stage's pay from vesting while its work is contested; each hold needs its release.
  public static void hold(Overlay state, StageSlot slot, Address miner) {
    StageVesting.change(state, slot, miner, kept -> kept.addHolds(1));
  }

  public static void release(Overlay state, StageSlot slot, Address miner) {
    StageVesting.change(state, slot, miner, kept -> kept.addHolds(-1));
  }

  /// For pay that no stage answers for.
  static void begin(Overlay state, BlockContext context, Address owner, long amount) {
    begin(state, context, owner, amount, Optional.empty());
  }

  static void begin(
      Overlay state, BlockContext context, StageSlot slot, Address miner, long amount) {
    begin(state, context, miner, amount, Optional.of(slot));
  }

  private static void begin(
      Overlay state, BlockContext context, Address owner, long amount, Optional<StageSlot> stage) {
    if (amount == 0) {
      return;
    }
    Accounts.change(state, owner, account -> account.addVesting(amount));
    stage.ifPresent(slot -> StageVesting.change(state, slot, owner, kept -> kept.add(amount)));
    push(state, context, new Maturity(context.now(), owner, amount, stage, Optional.empty()));
  }

  private static void push(Overlay state, BlockContext context, Maturity entry) {
    MaturityQueue.VESTING.push(
        state, entry.until(context.parameters().money().vesting().after(context.now())));
  }

  /// What is due and not contested goes to bond until the stages held are audited least; the rest
  /// votes (L27).
  static void mature(Overlay state, BlockContext context) {
    for (Maturity due : MaturityQueue.VESTING.takeDue(state, context.now())) {
      if (due.stage().filter(slot -> isHeld(state, slot, due.owner())).isPresent()) {
        push(state, context, due);
      } else {
        vest(state, due.owner(), leave(state, due));
      }
    }
  }

  /// Of an entry, what no slash has taken meanwhile.
  private static long leave(Overlay state, Maturity due) {
    if (due.stage().isEmpty()) {
      return due.amount();
    }
    StageSlot slot = due.stage().get();
    long left = Math.min(due.amount(), unvested(state, slot, due.owner()));
    StageVesting.change(state, slot, due.owner(), kept -> kept.add(-left));
    return left;
  }

  private static void vest(Overlay state, Address owner, long amount) {
    Income.change(state, owner, income -> income.addVested(amount));
    Account before = Accounts.get(state, owner);
    long missing = Math.max(0, before.bondTarget() - before.bond());
    long toBond = Math.min(missing, amount);
    long votes = amount - toBond;
    Accounts.change(state, owner, account -> account.addVesting(-amount).addBond(toBond));
    Optional<Address> named = votes == 0 ? Optional.empty() : votesWith(state, owner);
    if (named.isEmpty() || !Delegations.add(state, owner, named.get(), votes)) {
      Accounts.change(state, owner, account -> account.addStake(votes));
    }
  }

  /// L27: whom a miner names, if its stake can vote with somebody else.
  private static Optional<Address> votesWith(StateView state, Address owner) {
    return stands(state, owner)
        ? Optional.empty()
        : Miners.get(state, owner).map(Miner::validator).filter(it -> stands(state, it));
  }

  private static boolean stands(StateView state, Address validator) {
    return Validators.get(state, validator).filter(Registration::stands).isPresent();
  }

  /// Takes all unvested pay of the stage out of the account; the caller says where it goes.
  static long seize(Overlay state, StageSlot slot, Address miner) {
    long taken = unvested(state, slot, miner);
    StageVesting.change(state, slot, miner, kept -> kept.add(-taken));
    Accounts.change(state, miner, account -> account.addVesting(-taken));
    Income.change(state, miner, income -> income.addLost(taken));
    return taken;
  }
}
