package nimble.ledger;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Address;

/// Bond locked per held stage (L6). Who leaves a stage may have bond in it still, for as long as
/// the work that it did is contested.
public final class Bonds {
  private Bonds() {}

  public static Optional<BondLock> lockOf(StateView state, StageSlot slot, Address miner) {
    return state.read(key(slot, miner), BondLock::read);
  }

  /// Locks `amount` of the miner's free bond for a stage that it does not hold; false, and nothing
  /// is done, when less is free.
  ///
  /// @param target the bond at which this stage would be audited least: earned NIM goes to bond up
  ///   to the sum of targets, the rest to stake
  public static boolean lock(
      Overlay state, StageSlot slot, Address miner, long amount, long target) {
    Invariant.check(amount >= 0 && target >= 0, "locks %d, target %d", amount, target);
    Invariant.check(lockOf(state, slot, miner).isEmpty(), "%s holds stage %s", miner, slot);
    if (Accounts.get(state, miner).freeBond() < amount) {
      return false;
    }
    Accounts.change(state, miner, account -> account.addLocked(amount, target));
    state.write(key(slot, miner), new BondLock(miner, amount, target)::write);
    return true;
  }

  /// Frees the bond of `miner` in a stage; nothing when it has none there.
  public static void unlock(Overlay state, StageSlot slot, Address miner) {
    lockOf(state, slot, miner)
        .ifPresent(lock -> {
          Accounts.change(
              state, miner, account -> account.addLocked(-lock.amount(), -lock.target()));
          state.remove(key(slot, miner));
        });
  }

  /// Moves up to `upTo` of the bond of `miner` in a stage into its job's budget: for work that is
  /// done again at its expense. What is left stays locked.
  ///
  /// @return the amount moved
  public static long seize(Overlay state, StageSlot slot, Address miner, long upTo) {
    Invariant.check(upTo >= 0, "seizes %d", upTo);
    Optional<BondLock> lock = lockOf(state, slot, miner);
    if (lock.isEmpty()) {
      return 0;
    }
    long moved = Escrows.refill(state, slot.job(), Math.min(upTo, lock.get().amount()));
    Accounts.change(state, miner, account -> account.addLocked(-moved, 0).addBond(-moved));
    state.write(key(slot, miner), lock.get().less(moved)::write);
    return moved;
  }

  /// Takes the whole bond of `miner` in a stage out of its account; the caller says where it goes.
  static long seizeAll(Overlay state, StageSlot slot, Address miner) {
    Optional<BondLock> lock = lockOf(state, slot, miner);
    if (lock.isEmpty()) {
      return 0;
    }
    long amount = lock.get().amount();
    unlock(state, slot, miner);
    Accounts.change(state, miner, account -> account.addBond(-amount));
    return amount;
  }

  private static Bytes key(StageSlot slot, Address miner) {
    return Bytes.concat(Keys.of(Keys.BOND_LOCK, slot), miner.bytes());
  }
}
