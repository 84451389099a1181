package nimble.training;

import java.util.ArrayList;
import java.util.List;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.training.spec.Limits;
import nimble.types.Address;

/// A miner's strikes over all jobs: the epochs of the newest ones. They pass by themselves (J3).
public final class Strikes {
  private Strikes() {}

  /// Those that count in `epoch`.
  public static int of(StateView state, Address miner, long epoch) {
    return (int)
        epochs(state, miner).stream().filter(at -> at + Limits.STRIKE_EPOCHS > epoch).count();
  }

  static void add(Overlay state, Address miner, long epoch) {
    List<Long> newest = new ArrayList<>(epochs(state, miner));
    newest.add(epoch);
    if (newest.size() > Limits.STRIKES_MAX) {
      newest.removeFirst();
    }
    state.write(
        Jobs.key(Jobs.STRIKES, miner),
        writer -> writer.list(newest, Limits.STRIKES_MAX, (at, to) -> to.i64(at)));
  }

  private static List<Long> epochs(StateView state, Address miner) {
    return state
        .read(
            Jobs.key(Jobs.STRIKES, miner),
            reader -> reader.list(Limits.STRIKES_MAX, from -> from.i64()))
        .orElse(List.of());
  }
}
