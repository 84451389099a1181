package nimble.training;

import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.types.Address;

/// A miner may concede once per [#STEPS] steps (J18). In state only between a concession and the
/// next that is allowed: the steps that are left until then.
public final class Concessions {
  /// Honest hardware errs more rarely.
  public static final int STEPS = 10_000;

  private Concessions() {}

  public static boolean isAllowed(StateView state, Address miner) {
    return left(state, miner) == 0;
  }

  static void made(Overlay state, Address miner) {
    put(state, miner, STEPS);
  }

  /// Steps whose window has closed.
  static void worked(Overlay state, Address miner, int steps) {
    long left = left(state, miner);
    if (left > 0) {
      put(state, miner, Math.max(0, left - steps));
    }
  }

  private static long left(StateView state, Address miner) {
    return state.read(Jobs.key(Jobs.CONCEDED, miner), reader -> reader.i64()).orElse(0L);
  }

  private static void put(Overlay state, Address miner, long left) {
    if (left == 0) {
      state.remove(Jobs.key(Jobs.CONCEDED, miner));
    } else {
      state.write(Jobs.key(Jobs.CONCEDED, miner), writer -> writer.i64(left));
    }
  }
}
