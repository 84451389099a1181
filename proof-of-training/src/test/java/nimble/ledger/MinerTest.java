package nimble.ledger;

import static nimble.ledger.TestChain.RICH;
import static nimble.ledger.TestChain.offer;
import static nimble.ledger.TestChain.registration;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferWithdraw;
import nimble.chain.Receipt;
import org.junit.jupiter.api.Test;

final class MinerTest {
  private final TestChain chain = TestChain.create();

  @Test
  void l10RegisteredMinerIsFoundByItsHotKey() {
    chain.run(People.MINER, registration(People.MINER));
    assertEquals(
        Optional.of(People.MINER.address()),
        Miners.byHotKey(chain.view(), People.MINER.hot().publicKey()));
  }

  @Test
  void l10HotKeyOfAnotherMinerIsRefused() {
    chain.run(People.MINER, registration(People.MINER));
    Receipt receipt = chain.run(People.OTHER_MINER, registration(People.MINER));
    assertTrue(LedgerTest.reason(receipt).contains("belongs to miner " + People.MINER.address()));
  }

  @Test
  void l10NewHotKeyFreesTheOldOne() {
    chain.run(People.MINER, registration(People.MINER));
    chain.run(People.MINER, registration(People.FRIEND));
    assertEquals(Optional.empty(), Miners.byHotKey(chain.view(), People.MINER.hot().publicKey()));
    chain.run(People.OTHER_MINER, registration(People.MINER));
    assertEquals(
        Optional.of(People.OTHER_MINER.address()),
        Miners.byHotKey(chain.view(), People.MINER.hot().publicKey()));
  }

  @Test
  void namedValidatorMustBeOne() {
    MinerRegister call =
        new MinerRegister(People.MINER.hot().publicKey(), People.FRIEND.address(), "name", "");
    assertEquals(
        People.FRIEND.address() + " is no validator",
        LedgerTest.reason(chain.run(People.MINER, call)));
  }

  @Test
  void namesWithControlCharactersAreRefused() {
    MinerRegister call =
        new MinerRegister(
            People.MINER.hot().publicKey(), People.VALIDATOR.address(), "a\u001b[2Jb", "");
    assertTrue(LedgerTest.reason(chain.run(People.MINER, call)).contains("control characters"));
  }

  @Test
  void l11OfferNeedsARegistrationAndADeposit() {
    Receipt early = chain.run(People.MINER, offer(1));
    assertTrue(LedgerTest.reason(early).contains("is not registered as a miner"));
    chain.run(People.MINER, registration(People.MINER));
    long before = chain.account(People.MINER).balance();
    Receipt receipt = chain.run(People.MINER, offer(1));
    assertEquals(before - receipt.fee() - 7, chain.account(People.MINER).balance());
    assertEquals(7, Supply.of(chain.view()).deposits());

    Receipt replaced = chain.run(People.MINER, offer(2));
    assertEquals(Calls.APPLIED, replaced.outcome());
    assertEquals(7, Supply.of(chain.view()).deposits(), "one deposit for the one offer");

    chain.run(People.MINER, new OfferWithdraw());
    assertEquals(0, Supply.of(chain.view()).deposits());
    assertEquals(Optional.empty(), Offers.of(chain.view(), People.MINER.address()));
    Receipt none = chain.run(People.MINER, new OfferWithdraw());
    assertTrue(LedgerTest.reason(none).contains("has no offer"));
    assertTrue(chain.account(People.MINER).balance() < RICH);
  }

  @Test
  void l11OfferCountsFromTheBlockAfterItsOwn() {
    chain.run(People.MINER, registration(People.MINER));
    long height = chain.next().height();
    chain.run(People.MINER, offer(1));
    assertEquals(List.of(), Offers.cheapest(chain.view(), height, 10));
    assertEquals(1, Offers.cheapest(chain.view(), height + 1, 10).size());
  }

  @Test
  void l11CheapestComesFirstAndTheOlderOfEqualOnes() {
    List<People> miners = List.of(People.MINER, People.OTHER_MINER, People.ALL.get(3));
    miners.forEach(miner -> chain.run(miner, registration(miner)));
    chain.run(miners.get(0), offer(20));
    chain.run(miners.get(1), offer(10));
    chain.run(miners.get(2), offer(10));
    List<Offer> found = Offers.cheapest(chain.view(), chain.next().height(), 2);
    assertEquals(
        List.of(miners.get(1).address(), miners.get(2).address()),
        found.stream().map(Offer::miner).toList());
  }
}
