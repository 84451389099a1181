package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.function.Consumer;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

/// The bytes of state: they are hashed into every header, so none may change by accident.
final class StateRecordsTest {
  private static final Address ADDRESS = new Address(filled(Address.SIZE, 0xaa));
  private static final PublicKey KEY = new PublicKey(filled(PublicKey.SIZE, 0xbb));
  private static final String A = "aa".repeat(Address.SIZE);
  private static final String K = "bb".repeat(PublicKey.SIZE);

  private static Bytes filled(int size, int value) {
    byte[] bytes = new byte[size];
    java.util.Arrays.fill(bytes, (byte) value);
    return Bytes.wrap(bytes);
  }

  private static <T> void golden(
      String hex, T value, Consumer<Writer> write, Reader.Decoder<T> read) throws Malformed {
    assertEquals(hex.replace(" ", ""), Writer.encode(write).toString());
    assertEquals(value, Reader.decode(Bytes.hex(hex.replace(" ", "")), read));
  }

  @Test
  void records() throws Malformed {
    Account account = new Account(1, 2, 3, 1, 4, 5, 6, 7);
    golden(u64s(1, 2, 3, 1, 4, 5, 6, 7), account, account::write, Account::read);
    Supply supply = new Supply(1, 2, 3, 4, 5, 6, 7, 8, 9);
    golden(u64s(1, 2, 3, 4, 5, 6, 7, 8, 9), supply, supply::write, Supply::read);
    Escrow escrow = new Escrow(258, 3);
    golden(u64s(258, 3), escrow, escrow::write, Escrow::read);
    BondLock lock = new BondLock(ADDRESS, 1, 2);
    golden(A + u64s(1, 2), lock, lock::write, BondLock::read);
    StageVesting vesting = new StageVesting(1, 2);
    golden(u64s(1) + "0002", vesting, vesting::write, StageVesting::read);
  }

  @Test
  void maturities() throws Malformed {
    Maturity untagged = new Maturity(new Moment(1, 2), ADDRESS, 3, Optional.empty());
    golden(u64s(1, 2) + A + u64s(3) + "00", untagged, untagged::write, Maturity::read);
    Optional<StageSlot> stage = Optional.of(new StageSlot(new JobId(7), 1, 2));
    Maturity tagged = new Maturity(new Moment(1, 2), ADDRESS, 3, stage);
    golden(
        u64s(1, 2) + A + u64s(3) + "01" + u64s(7) + "0102", tagged, tagged::write, Maturity::read);
  }

  @Test
  void minersAndOffers() throws Malformed {
    Miner miner = new Miner(KEY, ADDRESS, "ab", "c");
    golden(K + A + "00000002 6162 00000001 63", miner, miner::write, Miner::read);
    Offer offer = new Offer(1, ADDRESS, 2, 3, TestChain.offer(4));
    golden(
        u64s(1) + A + u64s(2, 3) + "21 00 00000003 637075" + u64s(1 << 30, 1_000, 4),
        offer,
        offer::write,
        Offer::read);
    OfferIndex.Entry entry = new OfferIndex.Entry(1, 2, 3, ADDRESS);
    golden(u64s(1, 2, 3) + A, entry, entry::write, OfferIndex.Entry::read);
  }

  @Test
  void keys() {
    assertEquals("01" + A, Keys.of(Keys.ACCOUNT, ADDRESS).toString());
    assertEquals("02", Keys.of(Keys.SUPPLY).toString());
    assertEquals("06" + K, Keys.of(Keys.HOT_KEY, KEY).toString());
    assertEquals("0e" + u64s(7), Keys.of(Keys.ESCROW, new JobId(7)).toString());
    assertEquals(
        "0d" + u64s(7) + "0102",
        Keys.of(Keys.BOND_LOCK, new StageSlot(new JobId(7), 1, 2)).toString());
  }

  @Test
  void genesisState() {
    TestChain chain = TestChain.create();
    assertEquals(
        Bytes.concat(chain.state.keySet().toArray(Bytes[]::new)).size(),
        6 * 21 + 1 + 1 + 21 + 1,
        "six accounts, the supply, the base fee, a validator, the list of validators");
  }

  private static String u64s(long... values) {
    StringBuilder hex = new StringBuilder();
    for (long value : values) {
      hex.append("%016x".formatted(value));
    }
    return hex.toString();
  }
}
