package nimble.ledger;

import java.util.Optional;
import nimble.ledger.Maturity.Risk;
import nimble.types.Address;
import nimble.types.Moment;

/// From bond or stake back to the balance (L6). The wait of stake that votes is counted from when
/// it stops: two epochs after the call. Stake answers for its validator's votes until the end of
/// the wait, when all evidence about them is too late.
final class Unbonding {
  private Unbonding() {}

  /// For NIM that never voted.
  static void begin(Overlay state, BlockContext context, Address owner, long amount) {
    push(state, MaturityQueue.UNBONDING, end(context), owner, amount, Optional.empty());
  }

  /// For stake with `validator`, its own or delegated.
  static void leave(
      Overlay state, BlockContext context, Address owner, Address validator, long amount) {
    long running = MoneyEpoch.of(state).number();
    Risk risk = new Risk(validator, running + 1, Punishments.of(state, validator).isPresent());
    if (votes(state, running, validator) || votes(state, running + 1, validator)) {
      push(state, MaturityQueue.LEAVING, context.now(), owner, amount, Optional.of(risk));
    } else {
      push(state, MaturityQueue.UNBONDING, end(context), owner, amount, Optional.of(risk));
    }
  }

  private static boolean votes(StateView state, long epoch, Address validator) {
    return Validators.stakeIn(Elections.set(state, epoch), validator) > 0;
  }

  private static void push(
      Overlay state,
      MaturityQueue queue,
      Moment due,
      Address owner,
      long amount,
      Optional<Risk> risk) {
    if (amount > 0) {
      Accounts.change(state, owner, account -> account.addUnbonding(amount));
      queue.push(state, new Maturity(due, owner, amount, Optional.empty(), risk));
    }
  }

  private static Moment end(BlockContext context) {
    return context.parameters().money().unbonding().after(context.now());
  }

  static void mature(Overlay state, BlockContext context) {
    for (Maturity due : MaturityQueue.UNBONDING.takeDue(state, context.now())) {
      long lost = due.risk().map(risk -> Punishments.lost(state, risk, due.amount())).orElse(0L);
      Accounts.change(
          state,
          due.owner(),
          account -> account.addUnbonding(-due.amount()).addBalance(due.amount() - lost));
      Supply.burn(state, lost);
    }
    long running = MoneyEpoch.of(state).number();
    for (Maturity left :
        MaturityQueue.LEAVING.take(
            state, entry -> entry.risk().orElseThrow().lastEpoch() < running)) {
      MaturityQueue.UNBONDING.push(state, left.until(end(context)));
    }
  }
}
