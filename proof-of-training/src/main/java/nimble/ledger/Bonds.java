package nimble.ledger;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Address;

/// Bond locked per held stage (L6).
public final class Bonds {
  private Bonds() {}

  public static Optional<BondLock> lockOf(StateView state, StageSlot slot) {
    return state.read(key(slot), BondLock::read);
  }

  /// Locks `amount` of the miner's free bond for a stage that nobody holds; false, and nothing is
  /// done, when less is free.
  ///
  /// @param target the bond at which this stage would be audited least: earned NIM goes to bond up
  ///   to the sum of targets, the rest to stake
  public static boolean lock(
      Overlay state, StageSlot slot, Address miner, long amount, long target) {
    Invariant.check(amount >= 0 && target >= 0, "locks %d, target %d", amount, target);
    Invariant.check(lockOf(state, slot).isEmpty(), "stage %s is held", slot);
    if (Accounts.get(state, miner).freeBond() < amount) {
      return false;
    }
    Accounts.change(state, miner, account -> account.addLocked(amount, target));
    state.write(key(slot), new BondLock(miner, amount, target)::write);
    return true;
  }

  /// Frees the bond of a stage; nothing when nobody holds it.
  public static void unlock(Overlay state, StageSlot slot) {
    lockOf(state, slot)
        .ifPresent(lock -> {
          Accounts.change(
              state, lock.miner(), account -> account.addLocked(-lock.amount(), -lock.target()));
          state.remove(key(slot));
        });
  }

  /// Moves up to `upTo` of the bond locked for a stage into its job's budget: for work that is done
  /// again at its expense. What is left stays locked.
  ///
  /// @return the amount moved
  public static long seize(Overlay state, StageSlot slot, long upTo) {
    Invariant.check(upTo >= 0, "seizes %d", upTo);
    Optional<BondLock> lock = lockOf(state, slot);
    if (lock.isEmpty()) {
      return 0;
    }
    long moved = Escrows.refill(state, slot.job(), Math.min(upTo, lock.get().amount()));
    Accounts.change(
        state, lock.get().miner(), account -> account.addLocked(-moved, 0).addBond(-moved));
    state.write(key(slot), lock.get().less(moved)::write);
    return moved;
  }

  /// Takes the whole lock of a stage that `miner` holds out of its account; the caller says where
  /// it goes.
  static long seizeAll(Overlay state, StageSlot slot, Address miner) {
    Optional<BondLock> lock = lockOf(state, slot).filter(held -> held.miner().equals(miner));
    if (lock.isEmpty()) {
      return 0;
    }
    long amount = lock.get().amount();
    unlock(state, slot);
    Accounts.change(state, miner, account -> account.addBond(-amount));
    return amount;
  }

  private static Bytes key(StageSlot slot) {
    return Keys.of(Keys.BOND_LOCK, slot);
  }
}
