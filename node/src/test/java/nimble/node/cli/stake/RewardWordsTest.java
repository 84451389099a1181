package nimble.node.cli.stake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import nimble.api.v1.AuditRateView;
import nimble.api.v1.IncomeView;
import nimble.api.v1.MoneyEpochView;
import nimble.api.v1.MoneyTerms;
import nimble.api.v1.RewardExplanation;
import nimble.api.v1.ValidatorReward;
import nimble.api.v1.WorkReward;
import nimble.node.cli.console.Surroundings;
import org.junit.jupiter.api.Test;

/// Every term, unit by unit.
final class RewardWordsTest {
  private static final long NIM = 1_000_000_000;
  private static final MoneyEpochView EPOCH =
      MoneyEpochView.newBuilder()
          .setNumber(7)
          .setBlocks(60)
          .setViews(50)
          .setStake(40_000 * NIM)
          .setFees(4 * NIM)
          .setPool(500_000 * NIM)
          .setElapsedMillis(60_200)
          .setSchedule(11_591 * NIM)
          .setWork(8_113 * NIM)
          .setLeaders(1_738 * NIM)
          .setValidators(1_738 * NIM)
          .setWorkEmission(2 * NIM)
          .build();
  private static final MoneyTerms TERMS =
      MoneyTerms.newBuilder()
          .setProtocolFeePermille(100)
          .setWorkFactorPermille(500)
          .setHalvingMillis(1_800_000)
          .setWorkSharePermille(700)
          .setLeaderSharePermille(150)
          .setValidatorSharePermille(150)
          .build();

  private static String show(RewardExplanation.Builder told) throws Exception {
    return new RewardWords(
            told.setAddress("tnim1who").setTerms(TERMS).addEpochs(EPOCH).build(),
            new Surroundings(Map.of(), Optional.empty(), InputStream.nullInputStream()))
        .show();
  }

  private static void has(String text, String row, String words) {
    String line =
        text.lines().filter(it -> it.startsWith(row + " ")).findFirst().orElse("no row " + row);
    assertEquals(words, line.substring(Math.min(line.length(), row.length())).strip());
  }

  @Test
  void workFromOperationsToEmission() throws Exception {
    String text =
        show(
            RewardExplanation.newBuilder()
                .setIncome(IncomeView.newBuilder().setWork(9).setEmission(1).setPaid(10))
                .addWork(
                    WorkReward.newBuilder()
                        .setEpoch(7)
                        .setJob(3)
                        .setStage(1)
                        .setOperations(36_000_000)
                        .setPricePerHour(NIM)
                        .setOperationsPerSecond(1_000)
                        .setPayments(2)
                        .setGross(10 * NIM)
                        .setFee(NIM)
                        .setNet(9 * NIM)
                        .setEmission(NIM / 2)));
    has(text, "= paid", "0.00000001 NIM");
    has(text, "EPOCH 7, WORK", "job 3, stage 1");
    has(text, "operations", "36000000, settled in 2 rounds");
    has(text, "× price", "1 NIM an hour at 1000 operations a second");
    has(text, "= gross", "10 NIM, each round's rounded down");
    has(text, "- protocol fee", "1 NIM, burned (10.0 %)");
    has(text, "= net", "9 NIM");
    has(text, "schedule", "11591 NIM = pool 500000 × ln 2 × 60.200 s ÷ 1800.000 s");
    has(
        text,
        "work emission",
        "2 NIM = the lesser of 8113 (70.0 % of it) and 2 (50.0 % of all fees, 4)");
    has(text, "emission", "0.5 NIM = 2 × 1 ÷ 4");
  }

  @Test
  void validatingByBlocksAndStake() throws Exception {
    String text =
        show(
            RewardExplanation.newBuilder()
                .addValidating(
                    ValidatorReward.newBuilder()
                        .setEpoch(7)
                        .setBlocks(15)
                        .setVoteWeight(12_000)
                        .setForLeading(347 * NIM)
                        .setStake(10_000 * NIM)
                        .setSigned(48)
                        .setForVoting(417 * NIM)));
    has(text, "for all blocks", "1738 NIM (15.0 % of it)");
    has(text, "blocks", "15 of 60, with 80.0 % of all votes on average");
    has(text, "leading", "347 NIM = 1738 × 12000 ÷ (1000 × 60)");
    has(text, "voting", "417 NIM = 1738 × stake 10000 ÷ 40000 × 48 of 50 views");
  }

  @Test
  void auditRateFromTheBond() throws Exception {
    String text =
        show(
            RewardExplanation.newBuilder()
                .addAuditRates(
                    AuditRateView.newBuilder()
                        .setJob(3)
                        .setStepPay(NIM)
                        .setStepEmission(NIM / 20)
                        .setBond(400 * NIM)
                        .setUnvested(20 * NIM)
                        .setMargin(20)
                        .setDetectionPermille(1_000)
                        .setLeastPermille(10)
                        .setMostPermille(100)
                        .setRatePermille(50)
                        .setMatchedPermille(53)));
    has(text, "c: one step", "1 NIM + emission 0.05 NIM");
    has(text, "S: bond locked", "400 NIM");
    has(text, "U: unvested pay", "20 NIM");
    has(text, "q = 20 c ÷ (δ (S + U))", "5.0 %, between 1.0 % and 10.0 %; δ = 100.0 %");
    assertTrue(text.contains("5.3 %, fixed when matched"), text);
  }
}
