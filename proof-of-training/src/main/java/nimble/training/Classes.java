package nimble.training;

import java.util.List;
import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.genesis.ClassParameters;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.spec.Limits;
import nimble.types.Hash;

/// Which numeric classes serve a stage (J40): those that enough validators showed.
final class Classes {
  private static final int PERMILLE = 1_000;
  private static final int SHOWN_DIGITS = 8;

  private Classes() {}

  static boolean isServed(StateView state, StageSlot slot, Hash numericClass, ClassParameters p) {
    List<Auditor> showed = showed(state, slot, numericClass);
    return showed.size() >= p.validators() && stake(state, showed) >= least(state, slot, p);
  }

  /// Stake that must have shown it. Where all places are taken the largest share that validators
  /// can have may be less than what is asked for: then half of those places.
  private static long least(StateView state, StageSlot slot, ClassParameters p) {
    long least = Validators.totalStake(state) / PERMILLE * p.stakePermille();
    List<Auditor> joined = Jobs.auditors(state, slot);
    return joined.size() < Limits.AUDITORS_MAX ? least : Math.min(least, stake(state, joined) / 2);
  }

  private static List<Auditor> showed(StateView state, StageSlot slot, Hash numericClass) {
    return Jobs.auditors(state, slot).stream()
        .filter(auditor -> auditor.numericClass().equals(Optional.of(numericClass)))
        .filter(auditor -> Validators.stake(state, auditor.account()) > 0)
        .toList();
  }

  private static long stake(StateView state, List<Auditor> auditors) {
    return auditors.stream().mapToLong(it -> Validators.stake(state, it.account())).sum();
  }

  /// Why it is not served, for people.
  static String unserved(StateView state, StageSlot slot, Hash numericClass, ClassParameters p) {
    List<Auditor> showed = showed(state, slot, numericClass);
    long all = Math.max(1, Validators.totalStake(state) / PERMILLE);
    return "class %s is not served: shown by %d validators with %d permille of stake, of %d with %d permille; such a job must say classes: any"
        .formatted(
            numericClass.toString().substring(0, SHOWN_DIGITS),
            showed.size(),
            stake(state, showed) / all,
            p.validators(),
            p.stakePermille());
  }
}
