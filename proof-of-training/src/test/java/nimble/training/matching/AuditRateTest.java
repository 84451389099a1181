package nimble.training.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import nimble.genesis.MoneyParameters;
import nimble.genesis.Parameters;
import nimble.genesis.TrainingParameters;
import nimble.sim.Seeds;
import nimble.training.Specs;
import nimble.training.spec.StageNeed;
import org.junit.jupiter.api.Test;

/// Proof of training, section 8.
final class AuditRateTest {
  private static final TrainingParameters P =
      Parameters.devnet().training().withAuditRates(10, 100);
  private static final int LEAST = 10;
  private static final MoneyParameters MONEY = Parameters.devnet().money();

  @Test
  void moreAtStakeFewerAudits() {
    assertEquals(100, AuditRate.of(1_000, 200_000, 0, LEAST, P).permille(), "the least bond");
    assertEquals(
        50, AuditRate.of(1_000, 300_000, 100_000, LEAST, P).permille(), "unvested pay counts");
    assertEquals(10, AuditRate.of(1_000, 2_000_000, 0, LEAST, P).permille(), "never less");
    assertEquals(100, AuditRate.of(1_000, 0, 0, LEAST, P).permille(), "never more");
    assertEquals(10, AuditRate.of(0, 0, 0, LEAST, P).permille(), "nothing to gain");
  }

  @Test
  void costIsPriceAndTheEmissionThatMayFollow() {
    assertEquals(50, AuditRate.expectedEmission(1_000, MONEY), "half of a fee of a tenth");
    assertEquals(1_050, AuditRate.cost(1_000, MONEY));
  }

  /// An audit of a step does all updates of the round again: at the lowest rate it spends no more
  /// than that of what the stage computes, and steps are so much the rarer in audits.
  @Test
  void lowestRateIsOfCompute() {
    Seeds.forEach(
        200,
        random -> {
          StageNeed need = StageNeed.of(Specs.spec(100)).get(random.nextInt(3));
          int roundSteps = 1 + random.nextInt(50);
          int least = AuditRate.leastPermille(need, roundSteps, P.withAuditRates(200, 1_000));
          long audit = need.auditOperations(roundSteps, true);
          assertTrue(least * audit <= 200 * need.stepOperations(), "a fifth of the compute");
          assertTrue((least + 1) * audit > 200 * need.stepOperations());
          long bond = AuditRate.bondMost(1_000, least);
          assertEquals(least, AuditRate.permille(1_000, bond, least, P.withAuditRates(1, 1_000)));
        });
    StageNeed need = StageNeed.of(Specs.spec(100)).getFirst();
    assertEquals(100, AuditRate.leastPermille(need, 10, P.withAuditRates(100, 100)), "one for all");
    assertEquals(0, AuditRate.leastPermille(need, 10, P.withAuditRates(0, 100)));
    assertEquals(1, AuditRate.leastPermille(need, 10, P.withAuditRates(1, 100)), "never none");
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
          int q = AuditRate.of(cost, bond, atStake - bond, 1, wide).permille();
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
