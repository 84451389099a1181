package nimble.ledger;

import static nimble.ledger.TestChain.RICH;
import static nimble.ledger.TestChain.body;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import nimble.chain.Block.Body;
import nimble.chain.JobCall;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.chain.StakeCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.ledger.Execution.Executed;
import nimble.types.ChainId;
import org.junit.jupiter.api.Test;

final class LedgerTest {
  private final TestChain chain = TestChain.create();
  private final Transfer gift = transfer(People.FRIEND, 1_000);

  static Transfer transfer(People to, long amount) {
    return new Transfer(to.address(), amount, Bytes.EMPTY);
  }

  static String reason(Receipt receipt) {
    return assertInstanceOf(Outcome.Rejected.class, receipt.outcome()).reason();
  }

  @Test
  void l1GenesisHoldsTheWholeSupply() {
    Supply supply = Supply.of(chain.view());
    assertEquals(chain.parameters.money().supplyCap(), supply.total());
    assertEquals(6 * RICH, supply.balances());
    assertEquals(3 * TestChain.BOND, supply.bonds());
  }

  @Test
  void l2TransferMovesMoneyAndPaysItsFee() {
    Receipt receipt = chain.run(People.DEVELOPER, gift);
    assertEquals(Calls.APPLIED, receipt.outcome());
    assertEquals(RICH + 1_000, chain.account(People.FRIEND).balance());
    assertEquals(RICH - 1_000 - receipt.fee(), chain.account(People.DEVELOPER).balance());
    assertEquals(1, chain.account(People.DEVELOPER).nonce());
  }

  @Test
  void l2FailedCallPaysItsFeeAndSaysWhy() {
    Receipt receipt = chain.run(People.DEVELOPER, transfer(People.FRIEND, 2 * RICH));
    long left = RICH - receipt.fee();
    assertEquals(
        "transfers %d nim-units, the balance after the fee is %d".formatted(2 * RICH, left),
        reason(receipt));
    assertTrue(receipt.fee() > 0);
    assertEquals(left, chain.account(People.DEVELOPER).balance());
    assertEquals(RICH, chain.account(People.FRIEND).balance());
  }

  @Test
  void l2RejectedCallLeavesNoWrites() {
    chain.runEmpty(1);
    int before = chain.state.size();
    chain.run(People.DEVELOPER, new JobCall.JobSubmit(SmallJobs.spec(5 * RICH, 0)));
    assertEquals(List.of(), SmallJobs.jobs(chain.view()));
    assertEquals(before, chain.state.size());
  }

  @Test
  void l2OtherChainsTransactionInvalidatesTheBlock() {
    Transaction.Unsigned ours = chain.transaction(People.DEVELOPER, gift).body();
    Transaction.Unsigned theirs =
        new Transaction.Unsigned(
            new ChainId("other"),
            ours.sender(),
            0,
            ours.validUntilMillis(),
            ours.maxFee(),
            0,
            gift);
    String reason = chain.refused(TestChain.sign(People.DEVELOPER, theirs));
    assertTrue(reason.endsWith("made for chain other, this is test"), reason);
  }

  @Test
  void l2NonceOutOfTurnInvalidatesTheBlock() {
    Transaction ahead = chain.transaction(People.DEVELOPER, 1, 0, gift);
    assertTrue(chain.refused(ahead).contains("too far ahead, the next is 0"));
    Transaction first = chain.transaction(People.DEVELOPER, 0, 0, gift);
    assertTrue(chain.refused(first, first).contains("is used, the next is 1"));
    chain.run(body(first, ahead));
    assertEquals(2, chain.account(People.DEVELOPER).nonce());
  }

  @Test
  void l2LateTransactionInvalidatesTheBlock() {
    Transaction.Unsigned body = chain.transaction(People.DEVELOPER, gift).body();
    long now = chain.next().now().timeMillis();
    assertTrue(chain.refused(until(body, now - 1)).contains("valid until"));
    chain.run(until(body, now));
  }

  private static Transaction until(Transaction.Unsigned body, long untilMillis) {
    return TestChain.sign(
        People.DEVELOPER,
        new Transaction.Unsigned(
            body.chainId(),
            body.sender(),
            body.nonce(),
            untilMillis,
            body.maxFee(),
            body.tip(),
            body.call()));
  }

  @Test
  void l2UnpayableHighestFeeInvalidatesTheBlock() {
    Transaction broke = chain.transaction(People.POOR, gift);
    assertTrue(chain.refused(broke).contains("has 0 nim-units, the highest fees take 200000"));
    chain.run(People.DEVELOPER, transfer(People.POOR, 200_000));
    Receipt receipt = chain.run(broke);
    assertEquals(200_000 - 1_000 - receipt.fee(), chain.account(People.POOR).balance());
  }

  @Test
  void l2ForeignOrChangedSignatureInvalidatesTheBlock() {
    Transaction good = chain.transaction(People.DEVELOPER, gift);
    Transaction foreign =
        new Transaction(good.body(), People.FRIEND.key().sign(good.body().preimage()));
    assertTrue(chain.refused(foreign).contains("signature"));
    Transaction other = chain.transaction(People.DEVELOPER, transfer(People.FRIEND, 1_001));
    assertTrue(chain.refused(new Transaction(other.body(), good.signature())).contains("sign"));
  }

  @Test
  void l2OverflowingMoneyIsRefusedNotThrown() {
    Transaction.Unsigned body = chain.transaction(People.DEVELOPER, gift).body();
    Transaction greedy =
        TestChain.sign(
            People.DEVELOPER,
            new Transaction.Unsigned(
                body.chainId(), body.sender(), 0, Long.MAX_VALUE, Long.MAX_VALUE, 5, gift));
    assertTrue(chain.refused(greedy).contains("highest fees take " + Long.MAX_VALUE));
    Transaction tips =
        TestChain.sign(
            People.DEVELOPER,
            new Transaction.Unsigned(
                body.chainId(), body.sender(), 0, Long.MAX_VALUE, 7, Long.MAX_VALUE, gift));
    assertTrue(chain.refused(tips).contains("maxFee 7"));
    assertTrue(
        reason(chain.run(People.DEVELOPER, transfer(People.FRIEND, Long.MAX_VALUE)))
            .startsWith("transfers " + Long.MAX_VALUE));
    Bytes most = SmallJobs.spec(Long.MAX_VALUE, Long.MAX_VALUE);
    assertTrue(
        reason(chain.run(People.DEVELOPER, new JobCall.JobSubmit(most)))
            .contains("less than the budget"));
    assertTrue(
        reason(chain.run(People.DEVELOPER, new StakeCall.StakeRemove(Long.MAX_VALUE)))
            .contains("have 0 free"));
  }

  @Test
  void l3BaseFeeIsBurnedAndTheTipGoesToTheLeader() {
    Supply before = Supply.of(chain.view());
    Transaction tipped = chain.transaction(People.DEVELOPER, 0, 77, gift);
    long weight = Weights.of(tipped, chain.parameters.block());
    Receipt receipt = chain.run(tipped);
    assertEquals(weight + 77, receipt.fee());
    assertEquals(RICH + 77, chain.account(People.VALIDATOR).balance());
    assertEquals(before.burned() + weight, Supply.of(chain.view()).burned());
  }

  @Test
  void l3HighestFeeBoundsBaseFeeAndTip() {
    Transaction.Unsigned body = chain.transaction(People.DEVELOPER, 0, 50, gift).body();
    long weight = Weights.of(chain.transaction(People.DEVELOPER, gift), chain.parameters.block());
    assertTrue(
        chain.refused(capped(body, weight + 49)).contains("maxFee %d".formatted(weight + 49)));
    assertEquals(weight + 50, chain.run(capped(body, weight + 50)).fee());
  }

  private static Transaction capped(Transaction.Unsigned body, long maxFee) {
    return TestChain.sign(
        People.DEVELOPER,
        new Transaction.Unsigned(
            body.chainId(),
            body.sender(),
            body.nonce(),
            body.validUntilMillis(),
            maxFee,
            body.tip(),
            body.call()));
  }

  @Test
  void l12BlockBeyondItsWeightOrBytesIsInvalid() {
    Bytes memo = Bytes.wrap(new byte[Transfer.MEMO_MAX]);
    List<Transaction> many =
        LongStream.range(0, 130)
            .mapToObj(nonce ->
                chain.transaction(
                    People.DEVELOPER, nonce, 0, new Transfer(People.FRIEND.address(), 1, memo)))
            .toList();
    String reason = chain.refused(new Body(List.of(), many, List.of()));
    assertTrue(reason.contains("the block has"), reason);
    Bytes spec = Bytes.wrap(new byte[16_000]);
    List<Transaction> large =
        LongStream.range(0, 5)
            .mapToObj(
                nonce -> chain.transaction(People.DEVELOPER, nonce, 0, new JobCall.JobSubmit(spec)))
            .toList();
    String room = chain.refused(new Body(List.of(), large, List.of()));
    assertTrue(room.contains("bytes, the block has"), room);
  }

  @Test
  void executionIsAFunctionOfItsArguments() {
    Body body = body(chain.transaction(People.DEVELOPER, gift));
    Executed first = assertInstanceOf(Executed.class, chain.execute(body));
    Executed second = assertInstanceOf(Executed.class, chain.execute(body));
    assertEquals(first, second);
    assertEquals(Execution.rootOf(first.receipts()), first.receiptsRoot());
  }

  @Test
  void longReasonIsCutBetweenCharacters() {
    JobRules wordy = new WordyRules("ä".repeat(Receipt.REASON_MAX / 2 - 1) + "x" + "ä".repeat(10));
    TestChain talkative = new TestChain(wordy, chain.parameters.block());
    Receipt receipt = talkative.run(People.DEVELOPER, new JobCall.JobSubmit(Bytes.EMPTY));
    assertEquals("ä".repeat(Receipt.REASON_MAX / 2 - 1) + "x", reason(receipt));
    assertTrue(receipt.encode().size() <= Receipt.REASON_MAX + 16);
  }
}
