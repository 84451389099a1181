package nimble.ledger;

import static nimble.ledger.TestChain.BOND;
import static nimble.ledger.TestChain.RICH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.chain.Call;
import nimble.chain.MinerCall.BondAdd;
import nimble.chain.MinerCall.BondRemove;
import nimble.chain.Receipt;
import nimble.chain.StakeCall.StakeAdd;
import nimble.chain.StakeCall.StakeRemove;
import org.junit.jupiter.api.Test;

final class StakeTest {
  private final TestChain chain = TestChain.create();

  @Test
  void l6StakeAddMovesBalanceToStake() {
    Receipt receipt = chain.run(People.DEVELOPER, new StakeAdd(500));
    assertEquals(500, chain.account(People.DEVELOPER).stake());
    assertEquals(RICH - 500 - receipt.fee(), chain.account(People.DEVELOPER).balance());
    Receipt tooMuch = chain.run(People.DEVELOPER, new StakeAdd(RICH));
    assertTrue(LedgerTest.reason(tooMuch).startsWith("adds %d nim-units, the bal".formatted(RICH)));
  }

  @Test
  void l6BondAddMovesBalanceToBond() {
    chain.run(People.MINER, new BondAdd(500));
    assertEquals(BOND + 500, chain.account(People.MINER).bond());
    assertTrue(LedgerTest.reason(chain.run(People.MINER, new BondAdd(RICH))).contains("adds"));
  }

  @Test
  void l6StakeRemoveTakesFreeBondFirstThenStake() {
    chain.run(People.MINER, new StakeAdd(700));
    chain.run(People.MINER, new StakeRemove(BOND + 200));
    Account account = chain.account(People.MINER);
    assertEquals(0, account.bond());
    assertEquals(500, account.stake());
    assertEquals(BOND + 200, account.unbonding());
  }

  @Test
  void l6UnbondingEndsWhenSecondsAndBlocksHavePassed() {
    chain.run(People.MINER, new BondRemove(400));
    long balance = chain.account(People.MINER).balance();
    chain.runEmpty(9);
    assertEquals(400, chain.account(People.MINER).unbonding());
    assertEquals(balance, chain.account(People.MINER).balance());
    chain.runEmpty(1);
    assertEquals(0, chain.account(People.MINER).unbonding());
    assertEquals(balance + 400, chain.account(People.MINER).balance());
  }

  @Test
  void l6NothingIsNoAmount() {
    for (Call call :
        List.of(new StakeAdd(0), new StakeRemove(0), new BondAdd(0), new BondRemove(0))) {
      assertEquals("the amount is 0", LedgerTest.reason(chain.run(People.MINER, call)));
    }
  }

  @Test
  void l6StakeThatVotesUnbondsFromWhenItStops() {
    chain.run(People.VALIDATOR, new StakeRemove(TestChain.LEAST));
    chain.runEmpty(20);
    chain.beginEpoch();
    chain.runEmpty(20);
    assertEquals(TestChain.LEAST, chain.account(People.VALIDATOR).unbonding(), "votes in epoch 1");
    chain.beginEpoch();
    chain.runEmpty(10);
    assertEquals(TestChain.LEAST, chain.account(People.VALIDATOR).unbonding(), "waits since then");
    chain.runEmpty(1);
    assertEquals(0, chain.account(People.VALIDATOR).unbonding());
  }

  @Test
  void l6ValidatorsStakeUnbondsLikeAnyOther() {
    chain.run(People.VALIDATOR, new StakeRemove(TestChain.STAKE));
    assertEquals(0, chain.account(People.VALIDATOR).stake());
    assertEquals(TestChain.STAKE, chain.account(People.VALIDATOR).unbonding());
    Receipt again = chain.run(People.VALIDATOR, new StakeRemove(1));
    assertTrue(LedgerTest.reason(again).contains("have 0 free"));
  }
}
