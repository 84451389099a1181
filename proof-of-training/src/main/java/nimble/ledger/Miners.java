package nimble.ledger;

import java.util.Optional;
import nimble.types.Address;
import nimble.types.PublicKey;

/// Miners in state, found by account and by hot key. A hot key belongs to one miner at most (L10).
public final class Miners {
  private Miners() {}

  public static Optional<Miner> get(StateView state, Address address) {
    return state.read(Keys.of(Keys.MINER, address), Miner::read);
  }

  public static Optional<Address> byHotKey(StateView state, PublicKey hotKey) {
    return state.read(Keys.of(Keys.HOT_KEY, hotKey), Address::read);
  }

  /// Registers or replaces; the hot key must be free or the miner's own.
  static void put(Overlay state, Address address, Miner miner) {
    get(state, address).ifPresent(old -> state.remove(Keys.of(Keys.HOT_KEY, old.hotKey())));
    state.write(Keys.of(Keys.MINER, address), miner::write);
    state.write(Keys.of(Keys.HOT_KEY, miner.hotKey()), address::write);
  }
}
