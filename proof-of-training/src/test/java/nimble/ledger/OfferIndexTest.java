package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import nimble.chain.Device;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.Receipt.Outcome;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.ledger.OfferIndex.Entry;
import nimble.sim.Seeds;
import nimble.types.Address;
import org.junit.jupiter.api.Test;

final class OfferIndexTest {
  private static Address address(long number) {
    return new Address(Hashing.of("miner", Bytes.ofU64(number)).bytes().slice(0, Address.SIZE));
  }

  private static Entry entry(SplittableRandom random, long id) {
    boolean extreme = random.nextInt(4) == 0;
    long price = extreme ? random.nextLong(Long.MAX_VALUE) : random.nextInt(50);
    long speed = extreme ? random.nextLong(1, Long.MAX_VALUE) : random.nextLong(1, 20);
    return new Entry(price, speed, id, address(id));
  }

  @Test
  void l11PricesAreComparedAsExactFractions() {
    Seeds.forEach(
        1_000,
        random -> {
          Entry a = entry(random, 1);
          Entry b = entry(random, 2);
          BigInteger left =
              BigInteger.valueOf(a.pricePerHour())
                  .multiply(BigInteger.valueOf(b.operationsPerSecond()));
          BigInteger right =
              BigInteger.valueOf(b.pricePerHour())
                  .multiply(BigInteger.valueOf(a.operationsPerSecond()));
          int expected = left.equals(right) ? -1 : left.compareTo(right);
          assertEquals(expected, Integer.signum(a.compareTo(b)));
          assertEquals(-expected, Integer.signum(b.compareTo(a)));
        });
  }

  @Test
  void l11IndexAgreesWithASortedSet() {
    Seeds.forEach(
        60,
        random -> {
          Overlay state = new Overlay(StateView.EMPTY);
          TreeSet<Entry> expected = new TreeSet<>();
          int growth = 1 + random.nextInt(9);
          for (long id = 0; id < 600; id++) {
            if (!expected.isEmpty() && random.nextInt(10) >= growth) {
              List<Entry> all = new ArrayList<>(expected);
              Entry gone = all.get(random.nextInt(all.size()));
              expected.remove(gone);
              OfferIndex.remove(state, gone);
            } else {
              Entry added = entry(random, id);
              expected.add(added);
              OfferIndex.add(state, added);
            }
          }
          assertEquals(List.copyOf(expected), OfferIndex.first(state, Integer.MAX_VALUE));
          assertEquals(expected.size(), OfferIndex.size(state));
          int limit = random.nextInt(100);
          assertEquals(expected.stream().limit(limit).toList(), OfferIndex.first(state, limit));
          assertEquals(
              expected.isEmpty() ? Optional.empty() : Optional.of(expected.last()),
              OfferIndex.dearest(state));
        });
  }

  @Test
  void l11FullIndexThatThinsOutKeepsItsBounds() {
    Seeds.forEach(
        3,
        random -> {
          Overlay state = new Overlay(StateView.EMPTY);
          List<Entry> entries = new ArrayList<>();
          for (int turn = 0; turn < 2; turn++) {
            while (entries.size() < OfferIndex.OFFERS_MAX) {
              Entry added = entry(random, turn * 10_000L + entries.size());
              entries.add(added);
              OfferIndex.add(state, added);
            }
            for (int i = 0; i < OfferIndex.OFFERS_MAX * 3 / 4; i++) {
              OfferIndex.remove(state, entries.remove(random.nextInt(entries.size())));
            }
          }
          assertEquals(
              entries.stream().sorted().toList(), OfferIndex.first(state, Integer.MAX_VALUE));
        });
  }

  @Test
  void l11BeyondTheBoundTheDearestFallsOutWithItsDeposit() {
    TestChain chain = TestChain.create();
    Overlay state = new Overlay(chain.view());
    for (int i = 0; i < OfferIndex.OFFERS_MAX; i++) {
      register(state, address(i));
      assertEquals(Calls.APPLIED, put(chain, state, address(i), 100 + i));
    }
    Address last = address(OfferIndex.OFFERS_MAX - 1);
    long before = Accounts.get(state, last).balance();
    Address late = address(1_000_000);
    register(state, late);
    Outcome refused = put(chain, new Overlay(state), late, 1_000_000);
    assertEquals(new Outcome.Rejected("2048 cheaper offers stand already"), refused);

    assertEquals(Calls.APPLIED, put(chain, state, late, 5));
    assertEquals(Optional.empty(), Offers.of(state, last));
    assertEquals(before + 7, Accounts.get(state, last).balance());
    assertEquals(OfferIndex.OFFERS_MAX, OfferIndex.size(state));
    assertEquals(late, OfferIndex.first(state, 1).getFirst().miner());
    assertTrue(Supply.of(state).deposits() == 7L * OfferIndex.OFFERS_MAX);
  }

  private static void register(Overlay state, Address miner) {
    Accounts.give(state, miner, 7);
    Miners.put(
        state,
        miner,
        new Miner(People.MINER.hot().publicKey(), People.VALIDATOR.address(), "miner", "host:1"));
  }

  private static Outcome put(TestChain chain, Overlay state, Address miner, long price) {
    OfferPut terms = new OfferPut(Device.GPU, "gpu", 1, 1_000, price);
    return MinerCalls.apply(state, chain.next(), miner, terms);
  }
}
