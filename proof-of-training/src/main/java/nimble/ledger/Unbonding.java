package nimble.ledger;

import java.util.Optional;
import nimble.types.Address;

/// From bond or stake back to the balance (L6). The wait is counted from the call: while votes come
/// from genesis, removed stake has no vote to lose.
final class Unbonding {
  private Unbonding() {}

  static void begin(Overlay state, BlockContext context, Address owner, long amount) {
    Accounts.change(state, owner, account -> account.addUnbonding(amount));
    MaturityQueue.UNBONDING.push(
        state,
        new Maturity(
            context.parameters().money().unbonding().after(context.now()),
            owner,
            amount,
            Optional.empty()));
  }

  static void mature(Overlay state, BlockContext context) {
    for (Maturity due : MaturityQueue.UNBONDING.takeDue(state, context.now())) {
      Accounts.change(
          state,
          due.owner(),
          account -> account.addUnbonding(-due.amount()).addBalance(due.amount()));
    }
  }
}
