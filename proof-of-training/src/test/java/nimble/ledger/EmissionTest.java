package nimble.ledger;

import static nimble.ledger.TestChain.body;
import static nimble.ledger.TestChain.work;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.StageSlot;
import nimble.chain.StakeCall;
import nimble.chain.ValidatorSet;
import nimble.genesis.MoneyParameters;
import nimble.genesis.Parameters;
import nimble.ledger.LeaderWeights.LeaderWeight;
import nimble.sim.Seeds;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;
import org.junit.jupiter.api.Test;

/// From the reward pool to those who work, lead and vote.
final class EmissionTest {
  private static final Address VALIDATOR = People.VALIDATOR.address();
  private static final Address MINER = People.MINER.address();
  private final TestChain chain = TestChain.create();
  private final MoneyParameters money = chain.parameters.money();

  private EpochSummary summary(long epoch) {
    return EpochSummary.of(chain.view(), epoch).orElseThrow();
  }

  private void nextEpoch() {
    chain.beginEpoch();
    chain.runEmpty(1);
  }

  private static ViewVotes votes(long view, int permille, Address... signers) {
    return new ViewVotes(view, List.of(signers), permille);
  }

  @Test
  void l16AnEpochEndsWithTheFirstBlockAfterItsTime() {
    long blocks = chain.parameters.consensus().epochMillis() / TestChain.BLOCK_MILLIS;
    chain.runEmpty((int) blocks - 1);
    assertEquals(0, chain.epoch().number());
    chain.runEmpty(1);
    assertEquals(1, chain.epoch().number());
    assertEquals(0, chain.epoch().blocks(), "its leader and its votes are of the epoch it ends");
    assertEquals(blocks, summary(0).counted().blocks());
    assertEquals(chain.epoch().started(), summary(0).ended());
  }

  @Test
  void l16RulesSeeTheLedgersEpoch() {
    nextEpoch();
    nextEpoch();
    Overlay state = new Overlay(chain.view());
    assertEquals(2, Emission.begin(state, chain.next()).epoch());
  }

  @Test
  void l16HistoryIsBounded() {
    for (int i = 0; i < EpochSummary.KEPT + 5; i++) {
      nextEpoch();
    }
    List<EpochSummary> newest = EpochSummary.newest(chain.view());
    assertEquals(EpochSummary.KEPT, newest.size());
    assertEquals(EpochSummary.KEPT + 4, newest.getFirst().number());
    assertEquals(Optional.empty(), EpochSummary.of(chain.view(), 4));
    assertEquals(Rewards.KEPT, Rewards.of(chain.view(), VALIDATOR).size());
  }

  @Test
  void l17ScheduleIsPoolTimesRateTimesElapsed() {
    Schedule schedule = Schedule.of(money, 60_000, 1_000_000, 60_000);
    // 1,000,000 × 0.693147 × 60,000 ÷ 600,000.
    assertEquals(new Schedule(1_000_000, 60_000, 69_314, 48_519, 10_397, 10_397), schedule);
    assertEquals(
        Schedule.of(money, 60_000, 1_000_000, 120_000),
        Schedule.of(money, 60_000, 1_000_000, 10_000_000),
        "at most twice nominal");
    assertEquals(0, Schedule.of(money, 60_000, 1_000_000, 0).total());
  }

  @Test
  void l17ThePoolHalvesInTheHalvingTime() {
    MoneyParameters mainNetwork = money.withHalvingMillis(4 * 8_766 * 3_600_000L);
    long half = 500_000_000 * Parameters.NIM;
    long pool = half;
    long day = 24 * 3_600_000L;
    for (long passed = 0; passed < mainNetwork.halvingMillis(); passed += day) {
      pool -= Schedule.of(mainNetwork, day, pool, day).total();
    }
    assertEquals(0.5, (double) pool / half, 0.001);
  }

  @Test
  void l17PartsNeverExceedTheScheduleNorTheScheduleThePool() {
    Seeds.forEach(
        1_000,
        random -> {
          long leaders = random.nextLong(1_001);
          MoneyParameters any =
              new MoneyParameters(
                  money.supplyCap(),
                  random.nextLong(1_001),
                  random.nextLong(2_000),
                  1 + random.nextLong(1L << random.nextInt(1, 42)),
                  random.nextLong(1_001 - leaders),
                  leaders,
                  0,
                  money.vesting(),
                  money.unbonding());
          long pool = random.nextLong(1L << random.nextInt(1, 60));
          long epochMillis = 1 + random.nextLong(1L << random.nextInt(1, 40));
          Schedule schedule = Schedule.of(any, epochMillis, pool, random.nextLong(1L << 40));
          assertTrue(schedule.total() <= pool);
          long parts = schedule.work() + schedule.leaders() + schedule.validators();
          assertTrue(parts <= schedule.total());
          long fees = random.nextLong(1L << random.nextInt(1, 60));
          long emission = schedule.workEmission(any, fees);
          assertTrue(emission >= 0 && emission <= schedule.work());
          assertTrue(emission <= fees * 2.0);
        });
  }

  /// The miner's pay of one round: what was burned of it.
  private long earn(JobId job, int round) {
    long before = WorkFees.total(chain.view());
    chain.run(body(work(People.MINER, WorkTest.commit(job, round, 0, OptionalInt.empty()))));
    return WorkFees.total(chain.view()) - before;
  }

  @Test
  void l17WorkEmissionFollowsTheBurnedFeesVestsAndCanBeSlashed() {
    JobId job = WorkTest.start(chain);
    chain.run(body(work(People.MINER, WorkTest.accept(job))));
    long fee = earn(job, 0);
    chain.runEmpty(10);
    long pool = Supply.of(chain.view()).rewardPool();
    chain.beginEpoch();
    chain.runEmpty(1);
    Reward.Worked reward = (Reward.Worked) Rewards.of(chain.view(), MINER).getFirst();
    assertEquals(fee / 2, reward.amount());
    assertEquals(0, reward.epoch());
    assertEquals(fee, reward.earner().fee());
    assertEquals(fee / 2, Income.of(chain.view(), MINER).emission());
    assertEquals(fee / 2, summary(0).workEmission());
    long leading = Income.of(chain.view(), VALIDATOR).leading();
    assertEquals(pool - fee / 2 - leading, Supply.of(chain.view()).rewardPool());
    assertEquals(fee / 2, Vesting.unvested(chain.view(), SmallJobs.slot(job), MINER));

    Overlay state = new Overlay(chain.view());
    Slashes.Slash slash =
        Slashes.take(state, chain.next(), SmallJobs.slot(job), MINER, 0, List.of(), 0);
    assertEquals(SmallJobs.BOND + fee / 2, slash.burned());
  }

  @Test
  void l17WorkEmissionIsAtMostItsShareOfTheSchedule() {
    Overlay state = new Overlay(chain.view());
    StageSlot slot = new StageSlot(new JobId(1), 0, 0);
    StageSlot other = new StageSlot(new JobId(1), 1, 0);
    WorkFees.add(state, slot, MINER, 10, 3_000_000, 300_000);
    WorkFees.add(state, other, People.FRIEND.address(), 5, 1_000_000, 100_000);
    chain.beginEpoch();
    Emission.begin(state, chain.next());
    EpochSummary summary = EpochSummary.of(state, 0).orElseThrow();
    long most = summary.schedule().work();
    assertTrue(most < 200_000);
    assertEquals(most, summary.workEmission());
    assertEquals(most * 3 / 4, Vesting.unvested(state, slot, MINER));
    assertEquals(most / 4, Vesting.unvested(state, other, People.FRIEND.address()));
  }

  @Test
  void l5EarnersArePaidSomeInEachBlockAndTheEpochWaitsForThem() {
    Overlay state = new Overlay(chain.view());
    int many = 2 * Payout.PAID_MAX + 1;
    for (int i = 0; i < many; i++) {
      WorkFees.add(state, new StageSlot(new JobId(i + 1), 0, 0), MINER, 1, 1_000, 100);
    }
    chain.beginEpoch();
    Moment start = chain.next().now();
    for (int block = 1; block <= 3; block++) {
      assertEquals(block < 2 ? 0 : 1, MoneyEpoch.of(state).number());
      Emission.begin(state, at(start.timeMillis() + 60_000L * block, start.height() + block));
      long paid = Math.min(many, block * Payout.PAID_MAX);
      assertEquals(paid * 50, Income.of(state, MINER).emission());
      assertEquals(block == 3, Payout.open(state).isEmpty());
    }
    Emission.begin(state, at(start.timeMillis() + 60_000 * 4, start.height() + 4));
    assertEquals(2, MoneyEpoch.of(state).number(), "not before all were paid");
  }

  private BlockContext at(long timeMillis, long height) {
    BlockContext next = chain.next();
    return new BlockContext(
        next.parameters(),
        next.chain(),
        new Moment(timeMillis, height),
        0,
        next.proposer(),
        next.beacon());
  }

  @Test
  void l18LeadersGetTheirPartOfTheBlocksScaledByTheVotesTheyCarry() {
    chain.votes = List.of(votes(1, 1_000, VALIDATOR));
    chain.runEmpty(1);
    chain.votes = List.of();
    chain.runEmpty(1);
    chain.votes = List.of(votes(1, 1_000, VALIDATOR));
    chain.runEmpty(1);
    assertEquals(1_000 + 667 + 667, chain.epoch().voteWeight(), "votes count once");
    nextEpoch();
    Reward.Validated reward = (Reward.Validated) Rewards.of(chain.view(), VALIDATOR).getFirst();
    assertEquals(4, reward.blocks(), "the block that ends the epoch is of it");
    assertEquals(3_001, reward.voteWeight());
    long share = summary(0).schedule().leaders();
    assertEquals(share * 3_001 / 4_000, reward.forLeading());
    assertEquals(
        reward.forLeading() + reward.forVoting(), chain.account(People.VALIDATOR).vesting());
  }

  @Test
  void l18ValidatorsGetTheirPartOfTheStakeScaledByTheViewsTheyVotedOn() {
    chain.votes = List.of(votes(1, 800, VALIDATOR), votes(2, 700, MINER));
    chain.runEmpty(1);
    assertEquals(1, chain.epoch().views(), "no validator, no view");
    chain.votes = List.of(votes(3, 667, VALIDATOR));
    chain.runEmpty(1);
    nextEpoch();
    Reward.Validated reward = (Reward.Validated) Rewards.of(chain.view(), VALIDATOR).getFirst();
    assertEquals(2, reward.signed());
    assertEquals(TestChain.STAKE, reward.stake());
    assertEquals(summary(0).schedule().validators(), reward.forVoting());
  }

  @Test
  void l18LateVotesCountOnceAndClosedViewsDoNot() {
    Overlay state = new Overlay(chain.view());
    ValidatorSet.Validator first = Elections.set(state, 0).get(0);
    ValidatorSet.Validator second =
        new ValidatorSet.Validator(
            MINER, People.MINER.hot().publicKey(), first.voteKey(), first.stake(), first.stake());
    Elections.put(state, 0, new ValidatorSet(List.of(first, second)));
    count(state, votes(5, 700, VALIDATOR));
    count(state, votes(5, 1_000, VALIDATOR, MINER));
    count(state, votes(5, 1_000, VALIDATOR, MINER));
    assertEquals(1, MoneyEpoch.of(state).views());
    assertEquals(1, Duties.in(state, 0, VALIDATOR).signed());
    assertEquals(1, Duties.in(state, 0, MINER).signed());
    assertEquals(700 + 1_000 + 667, MoneyEpoch.of(state).voteWeight());
    for (long view = 10; view < 10 + Attendance.VIEWS_MAX; view++) {
      count(state, votes(view, 700, VALIDATOR));
    }
    count(state, votes(4, 1_000, VALIDATOR, MINER));
    assertEquals(1 + Attendance.VIEWS_MAX, MoneyEpoch.of(state).views());
    assertEquals(1, Duties.in(state, 0, MINER).signed());
  }

  private void count(Overlay state, ViewVotes votes) {
    BlockContext next = chain.next();
    Attendance.count(
        state,
        new BlockContext(
            next.parameters(),
            next.chain(),
            next.now(),
            0,
            next.proposer(),
            next.beacon(),
            List.of(votes)));
  }

  @Test
  void l18NobodyVotedNobodyIsPaidForIt() {
    long pool = Supply.of(chain.view()).rewardPool();
    nextEpoch();
    assertEquals(0, Income.of(chain.view(), VALIDATOR).voting());
    nextEpoch();
    long leading = Income.of(chain.view(), VALIDATOR).leading();
    assertTrue(leading > 0);
    assertEquals(pool - leading, Supply.of(chain.view()).rewardPool());
  }

  @Test
  void l19WorkAtMostDoublesALeadersWeight() {
    JobId job = WorkTest.start(chain);
    chain.run(body(work(People.MINER, WorkTest.accept(job))));
    long fee = earn(job, 0);
    long tips = chain.epoch().tips();
    nextEpoch();
    LeaderWeights weights = LeaderWeights.of(chain.view()).orElseThrow();
    long divisor = Math.max(fee, 2 * (summary(0).schedule().leaders() + tips));
    long expected =
        BigInteger.valueOf(TestChain.STAKE)
            .multiply(BigInteger.valueOf(fee))
            .divide(BigInteger.valueOf(divisor))
            .longValueExact();
    assertTrue(expected > 0 && expected < TestChain.STAKE);
    assertEquals(
        List.of(
            new LeaderWeight(
                VALIDATOR, TestChain.STAKE, fee, expected, TestChain.STAKE + expected)),
        weights.weights());
  }

  /// A leader pays its tips to itself: the same NIM, again and again.
  @Test
  void l19TipsThatGoRoundStopNoEpoch() {
    long most = chain.parameters.money().supplyCap() / 4;
    Overlay rich = new Overlay(chain.view());
    Accounts.give(rich, VALIDATOR, most);
    Supply.change(rich, supply -> supply.addBurned(-most));
    rich.writes().forEach((key, value) -> chain.state.put(key, value.orElseThrow()));
    for (int i = 0; i < 40; i++) {
      StakeCall.StakeAdd call = new StakeCall.StakeAdd(0);
      long nonce = chain.account(People.VALIDATOR).nonce();
      chain.run(chain.transaction(People.VALIDATOR, nonce, most, call));
    }
    nextEpoch();
    assertEquals(1, chain.epoch().number());
    assertEquals(
        TestChain.STAKE,
        LeaderWeights.of(chain.view()).orElseThrow().weights().getFirst().weight());
  }
}
