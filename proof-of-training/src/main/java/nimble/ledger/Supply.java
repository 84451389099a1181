package nimble.ledger;

import java.util.function.UnaryOperator;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Where every nim-unit of the supply cap is (L1). Changed by the very functions that change
/// accounts, escrows and deposits.
///
/// @param delegatorRewards what delegations earned and nobody has asked for yet, remainders
///   included
/// @param burned includes what genesis did not issue
public record Supply(
    long balances,
    long bonds,
    long stakes,
    long delegations,
    long delegatorRewards,
    long unbonding,
    long vesting,
    long escrows,
    long deposits,
    long rewardPool,
    long burned) {
  static final Supply NONE = new Supply(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  public static Supply of(StateView state) {
    return state.read(Keys.of(Keys.SUPPLY), Supply::read).orElse(NONE);
  }

  static void change(Overlay state, UnaryOperator<Supply> change) {
    Supply after = change.apply(of(state));
    state.write(Keys.of(Keys.SUPPLY), after::write);
  }

  static void burn(Overlay state, long amount) {
    Invariant.check(amount >= 0, "burns %d", amount);
    change(state, supply -> supply.addBurned(amount));
  }

  /// The supply cap, always.
  public long total() {
    long held = Math.addExact(Math.addExact(balances, bonds), stakes);
    long moving = Math.addExact(Math.addExact(unbonding, vesting), escrows);
    long delegated = Math.addExact(delegations, delegatorRewards);
    long rest = Math.addExact(Math.addExact(deposits, rewardPool), burned);
    return Math.addExact(Math.addExact(held, delegated), Math.addExact(moving, rest));
  }

  Supply replace(Account before, Account after) {
    return new Supply(
        moved(balances, before.balance(), after.balance()),
        moved(bonds, before.bond(), after.bond()),
        moved(stakes, before.stake(), after.stake()),
        delegations,
        delegatorRewards,
        moved(unbonding, before.unbonding(), after.unbonding()),
        moved(vesting, before.vesting(), after.vesting()),
        escrows,
        deposits,
        rewardPool,
        burned);
  }

  Supply addDelegations(long staked, long earned) {
    return new Supply(
        balances,
        bonds,
        stakes,
        Math.addExact(delegations, staked),
        Math.addExact(delegatorRewards, earned),
        unbonding,
        vesting,
        escrows,
        deposits,
        rewardPool,
        burned);
  }

  Supply addEscrows(long amount) {
    return new Supply(
        balances,
        bonds,
        stakes,
        delegations,
        delegatorRewards,
        unbonding,
        vesting,
        Math.addExact(escrows, amount),
        deposits,
        rewardPool,
        burned);
  }

  Supply addDeposits(long amount) {
    return new Supply(
        balances,
        bonds,
        stakes,
        delegations,
        delegatorRewards,
        unbonding,
        vesting,
        escrows,
        Math.addExact(deposits, amount),
        rewardPool,
        burned);
  }

  Supply addRewardPool(long amount) {
    return new Supply(
        balances,
        bonds,
        stakes,
        delegations,
        delegatorRewards,
        unbonding,
        vesting,
        escrows,
        deposits,
        Math.addExact(rewardPool, amount),
        burned);
  }

  Supply addBurned(long amount) {
    return new Supply(
        balances,
        bonds,
        stakes,
        delegations,
        delegatorRewards,
        unbonding,
        vesting,
        escrows,
        deposits,
        rewardPool,
        Math.addExact(burned, amount));
  }

  private static long moved(long sum, long before, long after) {
    return Math.addExact(sum, Math.subtractExact(after, before));
  }

  void write(Writer writer) {
    writer.i64(balances).i64(bonds).i64(stakes).i64(delegations).i64(delegatorRewards);
    writer.i64(unbonding).i64(vesting);
    writer.i64(escrows).i64(deposits).i64(rewardPool).i64(burned);
  }

  static Supply read(Reader reader) throws Malformed {
    return new Supply(
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64());
  }
}
