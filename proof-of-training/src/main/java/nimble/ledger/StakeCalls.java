package nimble.ledger;

import nimble.chain.Receipt.Outcome;
import nimble.chain.StakeCall;
import nimble.chain.StakeCall.Delegate;
import nimble.chain.StakeCall.Evidence;
import nimble.chain.StakeCall.StakeAdd;
import nimble.chain.StakeCall.StakeRemove;
import nimble.chain.StakeCall.Undelegate;
import nimble.chain.StakeCall.Unjail;
import nimble.chain.StakeCall.ValidatorExit;
import nimble.chain.StakeCall.ValidatorRegister;
import nimble.types.Address;

/// Bond and stake in and out (L6), and what else accounts ask about votes.
final class StakeCalls {
  private StakeCalls() {}

  static Outcome apply(
      Overlay state, BlockContext context, Address sender, StakeCall call, Offences offences) {
    return switch (call) {
      case StakeAdd(long amount) -> add(state, sender, amount);
      case StakeRemove(long amount) -> remove(state, context, sender, amount);
      case ValidatorRegister register -> ValidatorCalls.register(state, context, sender, register);
      case ValidatorExit() -> ValidatorCalls.exit(state, sender);
      case Unjail() -> ValidatorCalls.unjail(state, context, sender);
      case Delegate(Address validator, long amount) ->
          Delegations.delegate(state, sender, validator, amount);
      case Undelegate(Address validator, long amount) ->
          Delegations.undelegate(state, context, sender, validator, amount);
      case Evidence evidence -> Punishments.evidence(state, context, evidence, offences);
    };
  }

  private static Outcome add(Overlay state, Address sender, long amount) {
    if (amount == 0) {
      return Calls.rejected("the amount is 0");
    }
    if (!Accounts.take(state, sender, amount)) {
      return tooMuch(amount, Accounts.get(state, sender));
    }
    Accounts.change(state, sender, account -> account.addStake(amount));
    return Calls.APPLIED;
  }

  /// Takes free bond first, then stake: the one nobody needs now before the one that votes.
  private static Outcome remove(Overlay state, BlockContext context, Address sender, long amount) {
    Account account = Accounts.get(state, sender);
    long free = Math.addExact(account.freeBond(), account.stake());
    if (amount == 0) {
      return Calls.rejected("the amount is 0");
    }
    if (amount > free) {
      return Calls.rejected(
          "removes %d nim-units, bond and stake have %d free (%d are locked by stages)",
          amount, free, account.locked());
    }
    long fromBond = Math.min(amount, account.freeBond());
    Accounts.change(state, sender, before -> before.addBond(-fromBond).addStake(fromBond - amount));
    Unbonding.begin(state, context, sender, fromBond);
    Unbonding.leave(state, context, sender, sender, amount - fromBond);
    return Calls.APPLIED;
  }

  static Outcome addBond(Overlay state, Address sender, long amount) {
    if (amount == 0) {
      return Calls.rejected("the amount is 0");
    }
    if (!Accounts.take(state, sender, amount)) {
      return tooMuch(amount, Accounts.get(state, sender));
    }
    Accounts.change(state, sender, account -> account.addBond(amount));
    return Calls.APPLIED;
  }

  static Outcome removeBond(Overlay state, BlockContext context, Address sender, long amount) {
    Account account = Accounts.get(state, sender);
    if (amount == 0) {
      return Calls.rejected("the amount is 0");
    }
    if (amount > account.freeBond()) {
      return Calls.rejected(
          "removes %d nim-units, the bond has %d free (%d are locked by stages)",
          amount, account.freeBond(), account.locked());
    }
    Accounts.change(state, sender, before -> before.addBond(-amount));
    Unbonding.begin(state, context, sender, amount);
    return Calls.APPLIED;
  }

  private static Outcome tooMuch(long amount, Account account) {
    return Calls.rejected(
        "adds %d nim-units, the balance after the fee is %d", amount, account.balance());
  }
}
