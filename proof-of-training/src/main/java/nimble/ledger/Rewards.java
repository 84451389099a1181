package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import nimble.types.Address;

/// The newest rewards of an account, for whoever asks where its NIM came from.
public final class Rewards {
  /// Per account.
  public static final int KEPT = 16;

  private Rewards() {}

  /// Newest first.
  public static List<Reward> of(StateView state, Address address) {
    return state
        .read(Keys.of(Keys.REWARDS, address), reader -> reader.list(KEPT, Reward::read))
        .orElse(List.of());
  }

  /// Pays it out of the pool and notes it; the caller lets it vest.
  static void add(Overlay state, Address address, Reward reward) {
    List<Reward> newest = new ArrayList<>();
    newest.add(reward);
    of(state, address).stream().limit(KEPT - 1).forEach(newest::add);
    state.write(Keys.of(Keys.REWARDS, address), writer -> writer.list(newest, KEPT, Reward::write));
    Supply.change(state, supply -> supply.addRewardPool(-reward.amount()));
  }
}
