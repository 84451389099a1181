package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.stream.LongStream;
import nimble.chain.Transaction;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

final class FeesTest {
  private static final long MAX = 4_000_000;

  @Test
  void l3HalfFullBlockKeepsTheBaseFee() {
    assertEquals(1_000, Fees.next(1_000, MAX / 2, MAX));
  }

  @Test
  void l3FullBlockRaisesItByAnEighthAndEmptyOneLowersIt() {
    assertEquals(1_125, Fees.next(1_000, MAX, MAX));
    assertEquals(875, Fees.next(1_000, 0, MAX));
    assertEquals(1_062, Fees.next(1_000, MAX * 3 / 4, MAX));
  }

  @Test
  void l3BaseFeeNeverSticksAndNeverFallsBelowOne() {
    assertEquals(2, Fees.next(1, MAX, MAX));
    assertEquals(1, Fees.next(2, 0, MAX));
    assertEquals(1, Fees.next(1, 0, MAX));
    long fee = Fees.BASE_FEE_MAX;
    for (int i = 0; i < 300; i++) {
      fee = Fees.next(fee, 0, MAX);
    }
    assertEquals(1, fee);
  }

  @Test
  void l3StepsAreBoundedAndTowardHalfFull() {
    Seeds.forEach(
        2_000,
        random -> {
          long max = random.nextLong(1, 10_000_000);
          long used = random.nextLong(max + 1);
          long fee = random.nextLong(1, random.nextBoolean() ? 50 : Fees.BASE_FEE_MAX);
          long next = Fees.next(fee, used, max);
          assertTrue(next >= 1 && next <= Fees.BASE_FEE_MAX);
          assertTrue(Math.abs(next - fee) <= Math.max(1, fee / 8), fee + " to " + next);
          long target = Math.max(1, max / 2);
          assertTrue(used > target ? next >= fee : next <= fee);
        });
  }

  @Test
  void l3CostIsExactOrTheHighestNumber() {
    Seeds.forEach(
        2_000,
        random -> {
          long fee = random.nextLong(1, Long.MAX_VALUE) >>> random.nextInt(63);
          long weight = random.nextLong(1, Long.MAX_VALUE) >>> random.nextInt(63);
          BigInteger exact = BigInteger.valueOf(fee).multiply(BigInteger.valueOf(weight));
          BigInteger most = BigInteger.valueOf(Long.MAX_VALUE);
          assertEquals(exact.min(most).longValueExact(), Fees.cost(fee, weight));
        });
  }

  @Test
  void l3FullBlocksMakeRoomDearer() {
    TestChain chain = TestChain.create();
    assertEquals(1, Fees.baseFee(chain.view()));
    for (int block = 0; block < 3; block++) {
      long nonce = chain.account(People.DEVELOPER).nonce();
      chain.run(
          TestChain.body(
              LongStream.range(nonce, nonce + 70)
                  .mapToObj(next ->
                      chain.transaction(
                          People.DEVELOPER, next, 0, LedgerTest.transfer(People.FRIEND, 1)))
                  .toArray(Transaction[]::new)));
    }
    assertEquals(4, Fees.baseFee(chain.view()));
    chain.runEmpty(3);
    assertEquals(1, Fees.baseFee(chain.view()));
  }
}
