package nimble.ledger;

import nimble.types.Address;

/// From settlement until pay is bond and stake (L9).
final class Vesting {
  private Vesting() {}

  static void begin(Overlay state, BlockContext context, Address miner, long amount) {
    if (amount == 0) {
      return;
    }
    Accounts.change(state, miner, account -> account.addVesting(amount));
    MaturityQueue.VESTING.push(
        state,
        new Maturity(context.parameters().money().vesting().after(context.now()), miner, amount));
  }

  /// What is due goes to bond until the stages held are audited least, the rest to stake.
  static void mature(Overlay state, BlockContext context) {
    for (Maturity due : MaturityQueue.VESTING.takeDue(state, context.now())) {
      Accounts.change(
          state,
          due.owner(),
          account -> {
            long missing = Math.max(0, account.bondTarget() - account.bond());
            long toBond = Math.min(missing, due.amount());
            return account
                .addVesting(-due.amount())
                .addBond(toBond)
                .addStake(due.amount() - toBond);
          });
    }
  }
}
