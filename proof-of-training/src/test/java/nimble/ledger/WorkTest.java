package nimble.ledger;

import static nimble.ledger.TestChain.body;
import static nimble.ledger.TestChain.work;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.JobCall;
import nimble.chain.MinerCall.BondRemove;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.chain.StakeCall.StakeAdd;
import nimble.chain.StakeCall.StakeRemove;
import nimble.chain.StakeCall.Undelegate;
import nimble.chain.StakeCall.ValidatorExit;
import nimble.chain.WorkCall;
import nimble.crypto.Hashing;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Work calls, escrows, bond of stages, pay.
final class WorkTest {
  private static final Hash ANY = Hashing.of("any");
  private static final long BUDGET = 100_000;
  private final TestChain chain = TestChain.create();
  private final JobId job = start(chain);

  static JobId start(TestChain chain) {
    chain.run(People.MINER, TestChain.registration(People.MINER));
    chain.run(People.MINER, TestChain.offer(10));
    Receipt submitted =
        chain.run(People.DEVELOPER, new JobCall.JobSubmit(SmallJobs.spec(BUDGET, 5_000)));
    return ((Outcome.Applied) submitted.outcome()).job().orElseThrow();
  }

  static WorkCall accept(JobId job) {
    return new WorkCall.JobAccept(SmallJobs.slot(job), 0, ANY);
  }

  static WorkCall commit(JobId job, int round) {
    return commit(job, round, OptionalInt.empty());
  }

  static WorkCall commit(JobId job, int round, OptionalInt loss) {
    return commit(job, round, 0, loss);
  }

  /// @param fate what befalls the stage, of [SmallJobs]
  static WorkCall commit(JobId job, int round, int fate, OptionalInt loss) {
    return new WorkCall.RoundCommit(
        SmallJobs.slot(job), round, fate, ANY, ANY, ANY, ANY, loss, OptionalInt.empty());
  }

  private Escrow escrow() {
    return Escrows.get(chain.view(), job).orElseThrow();
  }

  @Test
  void l4OnlyTheHolderFillsAnOpenSlotAndOnlyOnce() {
    SignedWorkCall accepted = work(People.MINER, accept(job));
    assertTrue(chain.refused(body(work(People.OTHER_MINER, accept(job)))).contains("signature"));
    assertTrue(chain.refused(body(accepted, accepted)).contains("no open slot for accept of"));
    assertTrue(
        chain
            .refused(body(work(People.MINER, commit(job, 0))))
            .contains("no open slot for commitment of %s/0/0, round 0".formatted(job)));
    chain.run(body(accepted));
    assertTrue(chain.refused(body(accepted)).contains("no open slot"));
  }

  @Test
  void l4UnknownJobHasNoSlot() {
    WorkCall call = new WorkCall.JobAccept(new StageSlot(new JobId(9_999_999), 0, 0), 0, ANY);
    assertTrue(chain.refused(body(work(People.MINER, call))).contains("no open slot"));
  }

  @Test
  void l4WrongContentInvalidatesTheBlock() {
    chain.run(body(work(People.MINER, accept(job))));
    SignedWorkCall wrong = work(People.MINER, commit(job, 0, OptionalInt.of(1)));
    assertTrue(chain.refused(body(wrong)).endsWith("the loss is wrong"));
  }

  @Test
  void l4TheJobPaysTheSlotChargeHalfToTheFireHalfToTheLeader() {
    Supply before = Supply.of(chain.view());
    long leader = chain.account(People.VALIDATOR).balance();
    long miner = chain.account(People.MINER).balance();
    Receipt receipt = chain.run(body(work(People.MINER, accept(job)))).getFirst();
    assertEquals(0, receipt.fee());
    assertEquals(BUDGET - 101, escrow().budget());
    assertEquals(leader + 50, chain.account(People.VALIDATOR).balance());
    assertEquals(before.burned() + 51, Supply.of(chain.view()).burned());
    assertEquals(miner, chain.account(People.MINER).balance());
  }

  @Test
  void l6HeldStageLocksBond() {
    assertEquals(SmallJobs.BOND, chain.account(People.MINER).locked());
    assertEquals(
        Optional.of(new BondLock(People.MINER.address(), SmallJobs.BOND, SmallJobs.TARGET)),
        Bonds.lockOf(chain.view(), SmallJobs.slot(job), People.MINER.address()));
    Receipt receipt = chain.run(People.MINER, new BondRemove(TestChain.BOND));
    assertEquals(
        "removes 10000 nim-units, the bond has 9000 free (1000 are locked by stages)",
        LedgerTest.reason(receipt));
    Receipt both = chain.run(People.MINER, new StakeRemove(TestChain.BOND));
    assertTrue(LedgerTest.reason(both).contains("have 9000 free (1000 are locked"));
    chain.run(People.DEVELOPER, new JobCall.JobCancel(job));
    assertEquals(0, chain.account(People.MINER).locked());
    assertEquals(Calls.APPLIED, chain.run(People.MINER, new BondRemove(10_000)).outcome());
  }

  @Test
  void l7BudgetAndAuditPotComeBackOnRefund() {
    long before = chain.account(People.DEVELOPER).balance();
    Receipt receipt = chain.run(People.DEVELOPER, new JobCall.JobCancel(job));
    assertEquals(
        before - receipt.fee() + BUDGET + 5_000, chain.account(People.DEVELOPER).balance());
    assertEquals(Optional.empty(), Escrows.get(chain.view(), job));
  }

  @Test
  void l7TopUpAddsToTheBudget() {
    chain.run(People.FRIEND, new JobCall.JobTopUp(job, 23));
    assertEquals(new Escrow(BUDGET + 23, 5_000), escrow());
    Receipt tooMuch = chain.run(People.FRIEND, new JobCall.JobTopUp(job, Long.MAX_VALUE));
    assertTrue(LedgerTest.reason(tooMuch).contains("balance"));
  }

  @Test
  void l8PayBurnsTheProtocolFeeAndCountsItPerEpoch() {
    StageSlot slot = SmallJobs.slot(job);
    Address miner = People.MINER.address();
    chain.run(body(work(People.MINER, accept(job))));
    long pay = (BUDGET - 2 * 101) / (SmallJobs.ROUNDS + 1);
    long burned = Supply.of(chain.view()).burned();
    chain.run(body(work(People.MINER, commit(job, 0))));
    long fee = pay / 10;
    assertEquals(pay - fee, chain.account(People.MINER).vesting());
    assertEquals(burned + fee + 51, Supply.of(chain.view()).burned());
    assertEquals(Optional.of(new Earner(slot, miner, 1, 0, pay, fee)), earner(0));
    assertEquals(fee, WorkFees.total(chain.view()));

    chain.run(body(work(People.MINER, commit(job, 1))));
    long both = earner(0).orElseThrow().fee();
    assertTrue(both > fee && both < 2 * fee);
    assertEquals(both, WorkFees.total(chain.view()));

    chain.beginEpoch();
    chain.run(body(work(People.MINER, commit(job, 2))));
    assertEquals(Optional.empty(), earner(0), "paid, and gone");
    assertEquals(earner(1).orElseThrow().fee(), WorkFees.total(chain.view()), "counted afresh");
  }

  private Optional<Earner> earner(long epoch) {
    return WorkFees.of(chain.view(), epoch, SmallJobs.slot(job), People.MINER.address());
  }

  @Test
  void l9VestedPayGoesToBondUpToTheTargetThenVotes() {
    long offerDeposit = 7;
    chain.run(People.MINER, new BondRemove(9_000));
    chain.run(body(work(People.MINER, accept(job))));
    chain.run(body(work(People.MINER, commit(job, 0))));
    long vesting = chain.account(People.MINER).vesting();
    assertTrue(vesting > SmallJobs.TARGET - SmallJobs.BOND + offerDeposit);
    chain.runEmpty(9);
    assertEquals(vesting, chain.account(People.MINER).vesting(), "five blocks, but not a second");
    chain.runEmpty(1);
    Account after = chain.account(People.MINER);
    assertEquals(0, after.vesting());
    assertEquals(SmallJobs.TARGET, after.bond());
    assertEquals(0, after.stake());
    assertEquals(vesting - (SmallJobs.TARGET - SmallJobs.BOND), chain.delegated(People.MINER));
  }

  private long vestOneRound() {
    chain.run(body(work(People.MINER, accept(job))));
    chain.run(body(work(People.MINER, commit(job, 0))));
    chain.run(People.DEVELOPER, new JobCall.JobCancel(job));
    long vesting = chain.account(People.MINER).vesting();
    chain.runEmpty(10);
    assertEquals(TestChain.BOND, chain.account(People.MINER).bond());
    return vesting;
  }

  @Test
  void l27PayVotesWithTheValidatorThatTheMinerNames() {
    long backing = Validators.backing(chain.view(), People.VALIDATOR.address());
    long vesting = vestOneRound();
    assertEquals(vesting, chain.delegated(People.MINER));
    assertTrue(Validators.backing(chain.view(), People.VALIDATOR.address()) >= backing + vesting);
    chain.run(People.MINER, new Undelegate(People.VALIDATOR.address(), vesting));
    assertEquals(0, chain.delegated(People.MINER));
    assertEquals(vesting, chain.account(People.MINER).unbonding(), "and is the miner's");
  }

  @Test
  void l27AValidatorsPayIsItsOwnStake() {
    chain.run(People.MINER, new StakeAdd(TestChain.LEAST));
    chain.run(People.MINER, RandomCalls.register(People.MINER, 0));
    long vesting = vestOneRound();
    assertEquals(0, chain.delegated(People.MINER));
    assertEquals(TestChain.LEAST + vesting, chain.account(People.MINER).stake());
  }

  @Test
  void l27PayIsTheMinersStakeWhenTheOneItNamesDoesNotStand() {
    chain.run(People.VALIDATOR, new ValidatorExit());
    long vesting = vestOneRound();
    assertEquals(0, chain.delegated(People.MINER));
    assertEquals(vesting, chain.account(People.MINER).stake());
  }

  @Test
  void aJobRunsToItsEnd() {
    chain.run(body(work(People.MINER, accept(job))));
    for (int round = 0; round < SmallJobs.ROUNDS; round++) {
      chain.run(body(work(People.MINER, commit(job, round))));
    }
    assertEquals(List.of(), SmallJobs.jobs(chain.view()));
    assertEquals(0, Supply.of(chain.view()).escrows());
    assertEquals(0, chain.account(People.MINER).locked());
  }

  @Test
  void aChargeBeyondTheBudgetTakesWhatIsThere() {
    Receipt submitted = chain.run(People.DEVELOPER, new JobCall.JobSubmit(SmallJobs.spec(60, 0)));
    JobId small = ((Outcome.Applied) submitted.outcome()).job().orElseThrow();
    chain.run(body(work(People.MINER, accept(small))));
    assertEquals(new Escrow(0, 0), Escrows.get(chain.view(), small).orElseThrow());
  }
}
