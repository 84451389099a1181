package nimble.ledger;

import static nimble.ledger.TestChain.body;
import static nimble.ledger.TestChain.work;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.StageSlot;
import nimble.types.Address;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// What false work, concessions and silence cost, and what waits while work is contested.
final class SlashTest {
  private static final Address MINER = People.MINER.address();
  private static final Address FINDER = People.FRIEND.address();
  private final TestChain chain = TestChain.create();
  private final JobId job = WorkTest.start(chain);
  private final StageSlot slot = SmallJobs.slot(job);

  private void commit(int round, int fate) {
    chain.run(body(work(People.MINER, WorkTest.commit(job, round, fate, OptionalInt.empty()))));
  }

  private long unvested() {
    return Vesting.unvested(chain.view(), slot, MINER);
  }

  private Escrow escrow() {
    return Escrows.get(chain.view(), job).orElseThrow();
  }

  /// The miner has accepted and is paid for round 0.
  private void earn() {
    chain.run(body(work(People.MINER, WorkTest.accept(job))));
    commit(0, 0);
  }

  @Test
  void l9PayNamesItsStageUntilItVests() {
    earn();
    long pay = unvested();
    assertTrue(pay > 0);
    assertEquals(pay, chain.account(People.MINER).vesting());
    chain.runEmpty(10);
    assertEquals(0, unvested());
    assertEquals(pay, chain.delegated(People.MINER));
  }

  @Test
  void l9ContestedPayWaitsAgain() {
    earn();
    commit(1, SmallJobs.HELD);
    long pay = unvested();
    chain.runEmpty(25);
    assertEquals(pay, unvested(), "held through more than two waits");
    assertTrue(Vesting.isHeld(chain.view(), slot, MINER));
    commit(2, SmallJobs.RELEASED);
    chain.runEmpty(11);
    assertFalse(Vesting.isHeld(chain.view(), slot, MINER));
    assertEquals(0, unvested());
    assertEquals(0, chain.account(People.MINER).vesting());
    assertTrue(chain.delegated(People.MINER) > pay);
  }

  @Test
  void l9EachHoldNeedsItsRelease() {
    Overlay state = new Overlay(chain.view());
    Vesting.hold(state, slot, MINER);
    Vesting.hold(state, slot, MINER);
    Vesting.release(state, slot, MINER);
    assertTrue(Vesting.isHeld(state, slot, MINER));
    Vesting.release(state, slot, MINER);
    assertFalse(Vesting.isHeld(state, slot, MINER));
  }

  @Test
  void l14SlashTakesLockAndUnvestedPayForTheJobTheFindersAndTheFire() {
    earn();
    Overlay state = new Overlay(chain.view());
    long before = Supply.of(state).burned();
    long atStake = SmallJobs.BOND + unvested();
    Slashes.Slash slash =
        Slashes.take(state, chain.next(), slot, MINER, 2_000, List.of(FINDER, MINER), 50);
    assertEquals(new Slashes.Slash(atStake, 2_000, 100, atStake - 2_100), slash);
    assertEquals(before + atStake - 2_100, Supply.of(state).burned());
    assertEquals(escrow().budget() + 2_000, Escrows.get(state, job).orElseThrow().budget());
    Account after = Accounts.get(state, MINER);
    assertEquals(0, after.locked());
    assertEquals(0, after.bondTarget());
    assertEquals(TestChain.BOND - SmallJobs.BOND, after.bond());
    assertEquals(50, after.vesting(), "a finder's fee, not the pay");
    assertEquals(50, Accounts.get(state, FINDER).vesting());
    assertEquals(Optional.empty(), Bonds.lockOf(state, slot, MINER));
  }

  @Test
  void l14TheJobComesBeforeTheFindersAndTheFindersBeforeTheFire() {
    Overlay state = new Overlay(chain.view());
    assertEquals(
        new Slashes.Slash(1_000, 900, 100, 0),
        Slashes.take(state, chain.next(), slot, MINER, 900, List.of(FINDER, MINER), 80));
    assertEquals(80, Accounts.get(state, FINDER).vesting());
    assertEquals(20, Accounts.get(state, MINER).vesting());
    assertEquals(
        new Slashes.Slash(0, 0, 0, 0),
        Slashes.take(state, chain.next(), slot, MINER, 900, List.of(FINDER), 80),
        "nothing is taken twice");
  }

  @Test
  void l14SomebodyElsesLockIsNotTouched() {
    Overlay state = new Overlay(chain.view());
    Slashes.Slash slash = Slashes.take(state, chain.next(), slot, FINDER, 900, List.of(), 0);
    assertEquals(new Slashes.Slash(0, 0, 0, 0), slash);
    assertTrue(Bonds.lockOf(state, slot, MINER).isPresent());
  }

  @Test
  void l14WhatWasSlashedNeverVests() {
    earn();
    commit(1, SmallJobs.SLASHED);
    assertEquals(0, chain.account(People.MINER).vesting());
    chain.runEmpty(11);
    assertEquals(0, chain.delegated(People.MINER));
    assertEquals(TestChain.BOND - SmallJobs.BOND, chain.account(People.MINER).bond());
    assertEquals(SmallJobs.FINDER_FEE, chain.account(People.FRIEND).stake());
  }

  @Test
  void l14ConcessionPaysTheRepeatedWorkOutOfTheLock() {
    Overlay state = new Overlay(chain.view());
    assertEquals(700, Bonds.seize(state, slot, MINER, 700));
    assertEquals(300, Bonds.lockOf(state, slot, MINER).orElseThrow().amount());
    assertEquals(300, Bonds.seize(state, slot, MINER, 700), "no more than is locked");
    assertEquals(escrow().budget() + 1_000, Escrows.get(state, job).orElseThrow().budget());
    assertEquals(TestChain.BOND - 1_000, Accounts.get(state, MINER).bond());
    Bonds.unlock(state, slot, MINER);
    assertEquals(0, Accounts.get(state, MINER).locked());
    assertEquals(0, Accounts.get(state, MINER).bondTarget());
  }

  @Test
  void l14SilenceBurnsStakeAsFarAsItReaches() {
    Overlay state = new Overlay(chain.view());
    long burned = Supply.of(state).burned();
    assertEquals(10, Stakes.forfeit(state, People.VALIDATOR.address(), 10));
    assertEquals(
        TestChain.STAKE - 10, Stakes.forfeit(state, People.VALIDATOR.address(), Long.MAX_VALUE));
    assertEquals(0, Stakes.forfeit(state, FINDER, 10), "who has no stake has none to lose");
    assertEquals(burned + TestChain.STAKE, Supply.of(state).burned());
  }

  @Test
  void l15AuditsArePaidByThePotAlone() {
    Overlay state = new Overlay(chain.view());
    long burned = Supply.of(state).burned();
    assertEquals(3_000, Escrows.payAudit(state, chain.next(), job, FINDER, 3_000));
    Escrows.charge(state, chain.next(), job, Escrows.Part.AUDIT_POT);
    assertEquals(1_899, Escrows.payAudit(state, chain.next(), job, FINDER, 3_000));
    Escrows.charge(state, chain.next(), job, Escrows.Part.AUDIT_POT);
    assertEquals(new Escrow(escrow().budget(), 0), Escrows.get(state, job).orElseThrow());
    assertEquals(4_899, Accounts.get(state, FINDER).vesting());
    assertEquals(burned + 51, Supply.of(state).burned(), "half of one charge, no protocol fee");
  }

  @Test
  void validatorsAreListedWithTheirStake() {
    List<Validators.Validator> all = Validators.all(chain.view());
    assertEquals(
        List.of(People.VALIDATOR.address()),
        all.stream().map(Validators.Validator::address).toList());
    assertEquals(People.VALIDATOR.hot().publicKey(), all.getFirst().registration().hotKey());
    assertEquals(TestChain.STAKE, Validators.totalStake(chain.view()));
    assertEquals(TestChain.STAKE, Validators.stake(chain.view(), People.VALIDATOR.address()));
    assertEquals(0, Validators.stake(chain.view(), MINER));
  }
}
