package nimble.ledger;

import nimble.check.Invariant;
import nimble.types.Address;

/// What validators lose for not doing their part (L14).
public final class Stakes {
  private Stakes() {}

  /// Burns `amount` of the stake, or all of a smaller one.
  ///
  /// @return the amount burned
  public static long forfeit(Overlay state, Address validator, long amount) {
    Invariant.check(amount >= 0, "forfeits %d", amount);
    long taken = Math.min(amount, Accounts.get(state, validator).stake());
    Accounts.change(state, validator, account -> account.addStake(-taken));
    Supply.burn(state, taken);
    return taken;
  }
}
