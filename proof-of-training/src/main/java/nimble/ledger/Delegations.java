package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Receipt.Outcome;
import nimble.codec.Bytes;
import nimble.types.Address;

/// Stake that votes with somebody else (L23).
public final class Delegations {
  /// Validators to whom one account delegates.
  public static final int PER_ACCOUNT_MAX = 16;

  /// What one account has with one validator.
  ///
  /// @param worth nim-units of stake
  /// @param earned nim-units that the next call pays out
  public record Position(Address validator, long worth, long earned) {}

  private Delegations() {}

  /// What is delegated to a validator.
  public static DelegationPool pool(StateView state, Address validator) {
    return state
        .read(Keys.of(Keys.DELEGATION_POOL, validator), DelegationPool::read)
        .orElse(DelegationPool.NONE);
  }

  /// An account's delegations, in the order in which they began.
  public static List<Position> of(StateView state, Address delegator) {
    return validators(state, delegator).stream()
        .map(validator -> {
          DelegationPool pool = pool(state, validator);
          Delegation delegation = find(state, validator, delegator).orElseThrow();
          return new Position(validator, pool.worth(delegation.shares()), pool.earned(delegation));
        })
        .toList();
  }

  static Outcome delegate(Overlay state, Address sender, Address validator, long amount) {
    if (amount < DelegationPool.SHARES_MIN) {
      return Calls.rejected(
          "delegates %d nim-units, at least %d", amount, DelegationPool.SHARES_MIN);
    }
    if (sender.equals(validator)) {
      return Calls.rejected("a validator's own NIM is staked, not delegated");
    }
    if (Validators.get(state, validator).filter(Registration::stands).isEmpty()) {
      return Calls.rejected("%s does not stand for election", validator);
    }
    if (!Accounts.take(state, sender, amount)) {
      return Calls.rejected(
          "delegates %d nim-units, the balance after the fee is %d",
          amount, Accounts.get(state, sender).balance());
    }
    return add(state, sender, validator, amount)
        ? Calls.APPLIED
        : Calls.rejected("delegates to %d validators already", PER_ACCOUNT_MAX);
  }

  /// Of any amount, with a validator that stands for election; false when the account delegates to
  /// too many already.
  static boolean add(Overlay state, Address delegator, Address validator, long amount) {
    if (!list(state, delegator, validator)) {
      return false;
    }
    Delegation before = settle(state, delegator, validator);
    put(state, validator, pool(state, validator).join(amount));
    put(state, validator, delegator, new Delegation(before.shares() + amount, before.since()));
    return true;
  }

  static Outcome undelegate(
      Overlay state, BlockContext context, Address sender, Address validator, long amount) {
    if (find(state, validator, sender).isEmpty()) {
      return Calls.rejected("%s delegates nothing to %s", sender, validator);
    }
    Delegation before = settle(state, sender, validator);
    DelegationPool pool = pool(state, validator);
    long worth = pool.worth(before.shares());
    if (amount > worth) {
      return Calls.rejected("undelegates %d nim-units of %d", amount, worth);
    }
    long taken = amount == worth ? before.shares() : sharesFor(pool, amount);
    long left = before.shares() - taken;
    if (left > 0 && left < DelegationPool.SHARES_MIN && taken > 0) {
      return Calls.rejected(
          "leaves %d of the delegation, at least %d or nothing",
          pool.worth(left), DelegationPool.SHARES_MIN);
    }
    put(state, validator, pool.leave(taken, amount).pay(0));
    put(state, validator, sender, new Delegation(left, before.since()));
    Unbonding.leave(state, context, sender, validator, amount);
    return Calls.APPLIED;
  }

  private static long sharesFor(DelegationPool pool, long amount) {
    return amount == 0 ? 0 : pool.sharesFor(amount);
  }

  /// Pays out what the delegation earned so far (L20, L23).
  ///
  /// @return the delegation, paid up to now
  private static Delegation settle(Overlay state, Address delegator, Address validator) {
    DelegationPool pool = pool(state, validator);
    Delegation before =
        find(state, validator, delegator).orElse(new Delegation(0, pool.perShare()));
    long earned = pool.earned(before);
    put(state, validator, pool.pay(earned));
    Accounts.give(state, delegator, earned);
    if (earned > 0) {
      Income.change(state, delegator, income -> income.addDelegating(earned));
    }
    return new Delegation(before.shares(), pool.perShare());
  }

  /// From the reward pool to the delegators, who are paid when they ask.
  static void earn(Overlay state, Address validator, long amount) {
    put(state, validator, pool(state, validator).earn(amount));
    Supply.change(state, supply -> supply.addRewardPool(-amount));
  }

  /// Burns a part of what is delegated to a validator.
  static void slash(Overlay state, Address validator, long amount) {
    put(state, validator, pool(state, validator).slash(amount));
    Supply.burn(state, amount);
  }

  /// Replaces a pool and keeps the sums of [Supply] (L1).
  private static void put(Overlay state, Address validator, DelegationPool after) {
    DelegationPool before = pool(state, validator);
    state.write(Keys.of(Keys.DELEGATION_POOL, validator), after::write);
    Supply.change(
        state,
        supply ->
            supply.addDelegations(
                after.stake() - before.stake(), after.rewards() - before.rewards()));
  }

  private static void put(
      Overlay state, Address validator, Address delegator, Delegation delegation) {
    if (delegation.shares() > 0) {
      state.write(key(validator, delegator), delegation::write);
      return;
    }
    state.remove(key(validator, delegator));
    List<Address> left = new ArrayList<>(validators(state, delegator));
    left.remove(validator);
    putList(state, delegator, left);
  }

  /// Notes whom the account delegates to; false when they are too many.
  private static boolean list(Overlay state, Address delegator, Address validator) {
    List<Address> all = new ArrayList<>(validators(state, delegator));
    if (all.contains(validator)) {
      return true;
    }
    all.add(validator);
    if (all.size() > PER_ACCOUNT_MAX) {
      return false;
    }
    putList(state, delegator, all);
    return true;
  }

  private static List<Address> validators(StateView state, Address delegator) {
    return state
        .read(
            Keys.of(Keys.DELEGATED, delegator),
            reader -> reader.list(PER_ACCOUNT_MAX, Address::read))
        .orElse(List.of());
  }

  private static void putList(Overlay state, Address delegator, List<Address> all) {
    if (all.isEmpty()) {
      state.remove(Keys.of(Keys.DELEGATED, delegator));
    } else {
      state.write(
          Keys.of(Keys.DELEGATED, delegator),
          writer -> writer.list(all, PER_ACCOUNT_MAX, Address::write));
    }
  }

  static Optional<Delegation> find(StateView state, Address validator, Address delegator) {
    return state.read(key(validator, delegator), Delegation::read);
  }

  private static Bytes key(Address validator, Address delegator) {
    return Bytes.concat(Keys.of(Keys.DELEGATION, validator), delegator.bytes());
  }
}
