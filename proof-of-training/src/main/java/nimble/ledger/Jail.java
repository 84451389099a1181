package nimble.ledger;

import nimble.chain.ValidatorSet;
import nimble.ledger.Registration.Standing;
import nimble.types.Address;

/// Validators that do not vote (L24).
final class Jail {
  /// Fewer views tell nothing of anybody.
  static final long VIEWS_MIN = 10;

  private static final long SIGNED_PERCENT_MIN = 10;
  private static final long PERCENT = 100;

  private Jail() {}

  /// At the end of an epoch: jails who was counted in too few of its views through the next.
  static void close(Overlay state, MoneyEpoch over, ValidatorSet set) {
    if (over.views() < VIEWS_MIN) {
      return;
    }
    for (ValidatorSet.Validator seat : set.validators()) {
      Address validator = seat.account();
      long signed = Duties.in(state, over.number(), validator).signed();
      Registration kept = Validators.get(state, validator).orElseThrow();
      if (kept.standing() == Standing.ACTIVE
          && signed * PERCENT < over.views() * SIGNED_PERCENT_MIN) {
        Validators.put(state, validator, kept.jailed(over.number() + 2));
      }
    }
  }
}
