package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
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
import nimble.types.VoteKey;
import org.junit.jupiter.api.Test;

/// The bytes of state: they are hashed into every header, so none may change by accident.
final class StateRecordsTest {
  private static final Address ADDRESS = new Address(filled(Address.SIZE, 0xaa));
  private static final PublicKey KEY = new PublicKey(filled(PublicKey.SIZE, 0xbb));
  private static final String A = "aa".repeat(Address.SIZE);
  private static final String K = "bb".repeat(PublicKey.SIZE);

  private static Bytes filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
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
    Supply supply = new Supply(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    golden(u64s(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), supply, supply::write, Supply::read);
    Escrow escrow = new Escrow(258, 3);
    golden(u64s(258, 3), escrow, escrow::write, Escrow::read);
    BondLock lock = new BondLock(ADDRESS, 1, 2);
    golden(A + u64s(1, 2), lock, lock::write, BondLock::read);
    StageVesting vesting = new StageVesting(1, 2);
    golden(u64s(1) + "0002", vesting, vesting::write, StageVesting::read);
  }

  @Test
  void maturities() throws Malformed {
    Maturity untagged =
        new Maturity(new Moment(1, 2), ADDRESS, 3, Optional.empty(), Optional.empty());
    golden(u64s(1, 2) + A + u64s(3) + "0000", untagged, untagged::write, Maturity::read);
    Optional<StageSlot> stage = Optional.of(new StageSlot(new JobId(7), 1, 2));
    Maturity tagged = new Maturity(new Moment(1, 2), ADDRESS, 3, stage, Optional.empty());
    golden(
        u64s(1, 2) + A + u64s(3) + "01" + u64s(7) + "0102 00",
        tagged,
        tagged::write,
        Maturity::read);
    Maturity risky =
        new Maturity(
            new Moment(1, 2),
            ADDRESS,
            3,
            Optional.empty(),
            Optional.of(new Maturity.Risk(ADDRESS, 4, true)));
    golden(
        u64s(1, 2) + A + u64s(3) + "0001" + A + u64s(4) + "01",
        risky,
        risky::write,
        Maturity::read);
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
  void epochs() throws Malformed {
    MoneyEpoch epoch = new MoneyEpoch(1, new Moment(2, 3), 4, 5, 6, 7, 8, 9);
    golden(u64s(1, 2, 3, 4, 5, 6, 7, 8, 9), epoch, epoch::write, MoneyEpoch::read);
    Schedule schedule = new Schedule(1, 2, 3, 4, 5, 6);
    golden(u64s(1, 2, 3, 4, 5, 6), schedule, schedule::write, Schedule::read);
    EpochSummary summary = new EpochSummary(epoch, new Moment(10, 11), schedule, 12, 13);
    golden(
        u64s(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2, 3, 4, 5, 6, 12, 13),
        summary,
        summary::write,
        EpochSummary::read);
    Payout payout = new Payout(1, 2, 3, 4, 5);
    golden(u64s(1, 2, 3, 4, 5), payout, payout::write, Payout::read);
    Duties duties = new Duties(1, 2, 3, 4, 5);
    golden(u64s(1, 2, 3, 4, 5), duties, duties::write, Duties::read);
    Attendance attendance = new Attendance(List.of(new Attendance.Seen(7, List.of(0, 2))));
    golden(
        "00000001" + u64s(7) + "00000002 00 02", attendance, attendance::write, Attendance::read);
    LeaderWeights weights =
        new LeaderWeights(1, List.of(new LeaderWeights.LeaderWeight(ADDRESS, 2, 3, 4, 5)));
    golden(
        u64s(1) + "00000001" + A + u64s(2, 3, 4, 5), weights, weights::write, LeaderWeights::read);
  }

  @Test
  void validators() throws Malformed {
    VoteKey voteKey = new VoteKey(filled(VoteKey.SIZE, 0xcc));
    String keys = K + "cc".repeat(VoteKey.SIZE);
    Registration active = Registration.of(KEY, voteKey, 258);
    golden(keys + "0102 00" + u64s(0), active, active::write, Registration::read);
    Registration jailed = active.jailed(7);
    golden(keys + "0102 01" + u64s(7), jailed, jailed::write, Registration::read);
    Registration exited = active.with(Registration.Standing.EXITED);
    golden(keys + "0102 02" + u64s(0), exited, exited::write, Registration::read);
    Registration expelled = active.with(Registration.Standing.EXPELLED);
    golden(keys + "0102 03" + u64s(0), expelled, expelled::write, Registration::read);
  }

  @Test
  void delegations() throws Malformed {
    DelegationPool pool = new DelegationPool(1, 2, 3, 5, 4);
    golden(u64s(1, 2, 3, 5, 4), pool, pool::write, DelegationPool::read);
    Delegation delegation = new Delegation(1, 2);
    golden(u64s(1, 2), delegation, delegation::write, Delegation::read);
    Punishment punishment = new Punishment(1, 2, new Moment(3, 4), 5, 6);
    golden(u64s(1, 2, 3, 4, 5, 6), punishment, punishment::write, Punishment::read);
  }

  @Test
  void rewards() throws Malformed {
    Earner earner = new Earner(new StageSlot(new JobId(7), 1, 2), ADDRESS, 3, 4, 5, 6);
    String shown = u64s(7) + "0102" + A + u64s(3, 4, 5, 6);
    golden(shown, earner, earner::write, Earner::read);
    Reward worked = new Reward.Worked(1, earner, 2);
    golden("01" + u64s(1) + shown + u64s(2), worked, worked::write, Reward::read);
    Reward validated = new Reward.Validated(1, 2, 3, 4, 5, 6, 7, 8);
    golden("02" + u64s(1, 2, 3, 4, 5, 6, 7, 8), validated, validated::write, Reward::read);
    assertEquals(3, validated.amount());
    Income income = new Income(1, 2, 3, 4, 5, 6, 7, 8);
    golden(u64s(1, 2, 3, 4, 5, 6, 7, 8), income, income::write, Income::read);
    assertEquals(21, income.paid());
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
        6 * 21 + 1 + 1 + 21 + 33 + 49 + 1 + 1 + 2 * 9 + 1,
        "accounts, the supply, the base fee, a validator with its keys, the list of validators,"
            + " the epoch, two sets and the oldest of them");
  }

  private static String u64s(long... values) {
    StringBuilder hex = new StringBuilder();
    for (long value : values) {
      hex.append("%016x".formatted(value));
    }
    return hex.toString();
  }
}
