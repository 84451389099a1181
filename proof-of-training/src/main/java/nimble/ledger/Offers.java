package nimble.ledger;

import java.util.List;
import java.util.Optional;
import nimble.chain.MinerCall.OfferPut;
import nimble.types.Address;

/// Standing offers, one per miner, in the order of price per operation (L11).
public final class Offers {
  private Offers() {}

  public static Optional<Offer> of(StateView state, Address miner) {
    return state.read(Keys.of(Keys.OFFER, miner), Offer::read);
  }

  /// Offers in the order of price per operation, ties by number, cheapest first, at most `limit`,
  /// among those taken by blocks before `height`.
  public static List<Offer> cheapest(StateView state, long height, int limit) {
    return OfferIndex.first(state, limit).stream()
        .map(entry -> of(state, entry.miner()).orElseThrow())
        .filter(offer -> offer.height() < height)
        .toList();
  }

  /// Puts or replaces the miner's offer; the deposit is already taken.
  static void put(Overlay state, Offer offer) {
    removeEntry(state, offer.miner());
    state.write(Keys.of(Keys.OFFER, offer.miner()), offer::write);
    OfferIndex.add(state, entry(offer));
  }

  /// Removes the miner's offer.
  static void remove(Overlay state, Address miner) {
    removeEntry(state, miner);
    state.remove(Keys.of(Keys.OFFER, miner));
  }

  /// The number of the next offer.
  static long nextId(Overlay state) {
    long id = state.read(Keys.of(Keys.OFFER_COUNTER), reader -> reader.i64()).orElse(1L);
    state.write(Keys.of(Keys.OFFER_COUNTER), writer -> writer.i64(Math.addExact(id, 1)));
    return id;
  }

  static OfferIndex.Entry entry(Offer offer) {
    OfferPut terms = offer.terms();
    return new OfferIndex.Entry(
        terms.pricePerHour(), terms.operationsPerSecond(), offer.id(), offer.miner());
  }

  private static void removeEntry(Overlay state, Address miner) {
    of(state, miner).ifPresent(old -> OfferIndex.remove(state, entry(old)));
  }
}
