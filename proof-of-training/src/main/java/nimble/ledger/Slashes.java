package nimble.ledger;

import java.util.List;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.types.Address;

/// The penalty for false work (L14): all that one stage has at stake.
public final class Slashes {
  /// Where it went.
  ///
  /// @param amount the stage's bond and unvested pay
  /// @param toJob pays for the work that is done again
  /// @param toFinders begins to vest
  public record Slash(long amount, long toJob, long toFinders, long burned) {}

  private Slashes() {}

  /// Takes the miner's whole bond in the stage and its unvested pay of it: `repeatedWork` goes to
  /// the job's budget first, then `finderFee` to each finder, in order, as far as it reaches; the
  /// rest is burned. Nothing of the stage is locked afterwards.
  public static Slash take(
      Overlay state,
      BlockContext context,
      StageSlot slot,
      Address miner,
      long repeatedWork,
      List<Address> finders,
      long finderFee) {
    Invariant.check(repeatedWork >= 0 && finderFee >= 0, "%d, %d", repeatedWork, finderFee);
    long amount =
        Math.addExact(Bonds.seizeAll(state, slot, miner), Vesting.seize(state, slot, miner));
    long toJob = Escrows.refill(state, slot.job(), Math.min(repeatedWork, amount));
    long left = amount - toJob;
    for (Address finder : finders) {
      long fee = Math.min(finderFee, left);
      Income.change(state, finder, income -> income.addAudits(fee));
      Vesting.begin(state, context, finder, fee);
      left -= fee;
    }
    Supply.burn(state, left);
    return new Slash(amount, toJob, amount - toJob - left, left);
  }
}
