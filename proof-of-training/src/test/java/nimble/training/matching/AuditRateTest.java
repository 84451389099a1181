package nimble.training.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import nimble.genesis.MoneyParameters;
import nimble.genesis.Parameters;
import nimble.genesis.TrainingParameters;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

/// Proof of training, section 8.
final class AuditRateTest {
  private static final TrainingParameters P =
      Parameters.devnet().training().withAuditRates(10, 100);
  private static final MoneyParameters MONEY = Parameters.devnet().money();

  @Test
  void moreAtStakeFewerAudits() {
    assertEquals(100, AuditRate.of(1_000, 200_000, 0, P).permille(), "the least bond");
    assertEquals(50, AuditRate.of(1_000, 300_000, 100_000, P).permille(), "unvested pay counts");
    assertEquals(10, AuditRate.of(1_000, 2_000_000, 0, P).permille(), "never less");
    assertEquals(100, AuditRate.of(1_000, 0, 0, P).permille(), "never more");
    assertEquals(10, AuditRate.of(0, 0, 0, P).permille(), "nothing to gain");
  }

  @Test
  void costIsPriceAndTheEmissionThatMayFollow() {
    assertEquals(50, AuditRate.expectedEmission(1_000, MONEY), "half of a fee of a tenth");
    assertEquals(1_050, AuditRate.cost(1_000, MONEY));
  }

  @Test
  void cheatingDoesNotPayWithinTheBounds() {
    TrainingParameters wide = P.withAuditRates(1, 1_000);
    Seeds.forEach(
        2_000,
        random -> {
          long cost = 1 + random.nextLong(1L << random.nextInt(1, 55));
          long atStake = random.nextLong(1L << random.nextInt(1, 62));
          long bond = random.nextLong(atStake + 1);
          int q = AuditRate.of(cost, bond, atStake - bond, wide).permille();
          assertTrue(q >= 1 && q <= 1_000);
          if (q < 1_000) {
            BigInteger lost = BigInteger.valueOf(atStake).multiply(BigInteger.valueOf(q));
            BigInteger won =
                BigInteger.valueOf(cost).multiply(BigInteger.valueOf(AuditRate.MARGIN * 1_000L));
            assertTrue(lost.compareTo(won) >= 0, "20 times what it would gain");
          }
        });
  }
}
