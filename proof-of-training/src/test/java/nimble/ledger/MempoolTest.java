package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.JobCall;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.MoneyCall;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.ledger.Refusal.BalanceTooLow;
import nimble.ledger.Refusal.Duplicate;
import nimble.ledger.Refusal.Expired;
import nimble.ledger.Refusal.FeeTooLow;
import nimble.ledger.Refusal.NoOpenSlot;
import nimble.ledger.Refusal.NonceAhead;
import nimble.ledger.Refusal.NonceUsed;
import nimble.ledger.Refusal.OtherChain;
import nimble.ledger.Refusal.PoolFull;
import nimble.ledger.Refusal.ReplacementTooCheap;
import nimble.ledger.Refusal.SenderFull;
import nimble.ledger.Refusal.SlotTaken;
import nimble.ledger.Refusal.WrongSignature;
import nimble.sim.Seeds;
import nimble.types.ChainId;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

final class MempoolTest {
  private final TestChain chain = TestChain.create();
  private final Mempool pool = new Mempool(PoolLimits.DEFAULT, chain.rules);

  private Transaction gift(People sender, long nonce, long tip) {
    return chain.transaction(sender, nonce, tip, LedgerTest.transfer(People.FRIEND, 1));
  }

  private Optional<Refusal> offer(Mempool to, Transaction transaction) {
    return to.offer(transaction, chain.poolView(), chain.signatures());
  }

  private <T> T refused(Class<T> reason, Transaction transaction) {
    return assertInstanceOf(reason, offer(pool, transaction).orElseThrow());
  }

  private static List<Transaction> order(Mempool pool, TestChain chain) {
    Selection selection = new Selection(pool.transactions(), chain.view());
    List<Transaction> order = new ArrayList<>();
    for (Optional<Pooled> next = selection.next(); next.isPresent(); next = selection.next()) {
      order.add(next.get().transaction());
      selection.follow(next.get());
    }
    return order;
  }

  @Test
  void l13TakesWhatABlockCouldTake() {
    Transaction transaction = gift(People.DEVELOPER, 0, 0);
    assertEquals(Optional.empty(), offer(pool, transaction));
    assertEquals(Optional.of(transaction), pool.transaction(transaction.id()));
    assertEquals(1, pool.transactionCount());
  }

  @Test
  void l13KnownOneIsADuplicate() {
    Transaction transaction = gift(People.DEVELOPER, 0, 0);
    offer(pool, transaction);
    assertEquals(transaction.id(), refused(Duplicate.class, transaction).id());
  }

  @Test
  void l13StatelessChecksNameTheirValues() {
    Transaction.Unsigned good = gift(People.DEVELOPER, 0, 0).body();
    long now = chain.poolView().timeMillis();
    assertEquals(
        "made for chain other, this is test",
        refused(OtherChain.class, signed(good, new ChainId("other"), good.validUntilMillis(), 9))
            .words());
    Expired expired = refused(Expired.class, signed(good, TestChain.CHAIN, now - 1, 9));
    assertEquals(now, expired.nowMillis());
    FeeTooLow low = refused(FeeTooLow.class, signed(good, TestChain.CHAIN, now, 9));
    assertEquals(9, low.maxFee());
  }

  private static Transaction signed(
      Transaction.Unsigned body, ChainId chain, long untilMillis, long maxFee) {
    return TestChain.sign(
        People.DEVELOPER,
        new Transaction.Unsigned(
            chain, body.sender(), body.nonce(), untilMillis, maxFee, body.tip(), body.call()));
  }

  @Test
  void l13NoncesStayWithinTheWindow() {
    chain.run(gift(People.DEVELOPER, 0, 0));
    assertEquals(1, refused(NonceUsed.class, gift(People.DEVELOPER, 0, 0)).next());
    long window = PoolLimits.DEFAULT.senderCountMax();
    refused(NonceAhead.class, gift(People.DEVELOPER, 1 + window, 0));
    assertEquals(Optional.empty(), offer(pool, gift(People.DEVELOPER, window, 0)));
    assertEquals(List.of(), order(pool, chain), "a gap before it");
  }

  @Test
  void l13HighestFeesOfAllWaitingMustBePayable() {
    refused(BalanceTooLow.class, gift(People.POOR, 0, 0));
    chain.run(People.DEVELOPER, LedgerTest.transfer(People.POOR, 400_000));
    assertEquals(Optional.empty(), offer(pool, gift(People.POOR, 0, 0)));
    assertEquals(Optional.empty(), offer(pool, gift(People.POOR, 1, 0)));
    assertEquals(600_000, refused(BalanceTooLow.class, gift(People.POOR, 2, 0)).needed());
  }

  @Test
  void l13SignatureIsCheckedLast() {
    Transaction good = gift(People.DEVELOPER, 0, 0);
    Transaction forged = new Transaction(good.body(), gift(People.FRIEND, 0, 0).signature());
    refused(WrongSignature.class, forged);
    Transaction late = gift(People.DEVELOPER, 1_000, 0);
    Transaction forgedLate = new Transaction(late.body(), forged.signature());
    refused(NonceAhead.class, forgedLate);
    SignatureCheck never =
        (key, preimage, signature) -> {
          throw new AssertionError("too early");
        };
    pool.offer(forgedLate, chain.poolView(), never);
    assertEquals(0, pool.transactionCount());
  }

  @Test
  void l13ReplacementNeedsATenthMoreTip() {
    offer(pool, gift(People.DEVELOPER, 0, 100));
    assertEquals(110, refused(ReplacementTooCheap.class, gift(People.DEVELOPER, 0, 109)).needed());
    Transaction better = gift(People.DEVELOPER, 0, 110);
    assertEquals(Optional.empty(), offer(pool, better));
    assertEquals(List.of(better), order(pool, chain));
    offer(pool, gift(People.FRIEND, 0, 0));
    assertEquals(1, refused(ReplacementTooCheap.class, other(People.FRIEND)).needed());
  }

  private Transaction other(People sender) {
    return chain.transaction(sender, 0, 0, LedgerTest.transfer(People.DEVELOPER, 2));
  }

  @Test
  void l13OneSenderHasOneHundredthAtMost() {
    Mempool small = new Mempool(new PoolLimits(300, 1 << 20), chain.rules);
    for (int nonce = 0; nonce < 3; nonce++) {
      assertEquals(Optional.empty(), offer(small, gift(People.DEVELOPER, nonce, 0)));
    }
    assertInstanceOf(
        NonceAhead.class, offer(small, gift(People.DEVELOPER, 3, 1_000)).orElseThrow());
    chain.run(gift(People.DEVELOPER, 0, 0));
    // The window has moved on; the pool has not heard of the block yet.
    assertInstanceOf(
        SenderFull.class, offer(small, gift(People.DEVELOPER, 3, 1_000)).orElseThrow());
  }

  @Test
  void l13BytesOfOneSenderAreBoundToo() {
    Mempool small = new Mempool(new PoolLimits(10_000, 1_000_000), chain.rules);
    Bytes spec = Bytes.wrap(new byte[9_000]);
    Transaction first = chain.transaction(People.DEVELOPER, 0, 0, new JobSubmit(spec));
    assertEquals(Optional.empty(), offer(small, first));
    Transaction second = chain.transaction(People.DEVELOPER, 1, 0, new JobSubmit(spec));
    assertEquals(
        new SenderFull(People.DEVELOPER.address(), 10_000), offer(small, second).orElseThrow());
  }

  @Test
  void l13BestTipPerWeightComesFirstWithinTheOrderOfNonces() {
    Transaction low = gift(People.DEVELOPER, 0, 1);
    Transaction afterLow = gift(People.DEVELOPER, 1, 9_000);
    Transaction middle = gift(People.FRIEND, 0, 50);
    Transaction high = gift(People.VALIDATOR, 0, 70);
    List.of(afterLow, low, middle, high).forEach(each -> offer(pool, each));
    assertEquals(List.of(high, middle, low, afterLow), order(pool, chain));
  }

  @Test
  void l13EqualTipsGoByArrival() {
    Transaction first = gift(People.FRIEND, 0, 0);
    Transaction second = gift(People.DEVELOPER, 0, 0);
    List.of(first, second).forEach(each -> offer(pool, each));
    assertEquals(List.of(first, second), order(pool, chain));
  }

  @Test
  void l13FullPoolKeepsTheBetterTips() {
    Mempool small = new Mempool(new PoolLimits(2, 1 << 20), chain.rules);
    offer(small, gift(People.DEVELOPER, 0, 10));
    offer(small, gift(People.FRIEND, 0, 20));
    assertEquals(new PoolFull(2), offer(small, gift(People.VALIDATOR, 0, 10)).orElseThrow());
    Transaction better = gift(People.VALIDATOR, 0, 11);
    assertEquals(Optional.empty(), offer(small, better));
    assertEquals(2, small.transactionCount());
    assertEquals(List.of(gift(People.FRIEND, 0, 20), better), order(small, chain));
  }

  @Test
  void finalizedBlockTakesItsOwnAndTheStaleOnes() {
    Transaction included = gift(People.DEVELOPER, 0, 0);
    Transaction next = gift(People.DEVELOPER, 1, 0);
    Transaction rival = chain.transaction(People.FRIEND, 0, 5, LedgerTest.transfer(People.POOR, 1));
    Transaction shortLived =
        signed(
            gift(People.DEVELOPER, 2, 0).body(),
            TestChain.CHAIN,
            chain.poolView().timeMillis(),
            100_000);
    List.of(included, next, rival, shortLived).forEach(each -> offer(pool, each));
    var body = TestChain.body(included, gift(People.FRIEND, 0, 0));
    chain.run(body);
    pool.finalized(body, chain.poolView());
    assertEquals(List.of(next), order(pool, chain));
    assertEquals(1, pool.transactionCount());
  }

  @Test
  void workCallsAreKeyedBySlotAndComeFromItsHolder() {
    JobId job = WorkTest.start(chain);
    SignedWorkCall accept = TestChain.work(People.MINER, WorkTest.accept(job));
    SignedWorkCall forged = TestChain.work(People.FRIEND, WorkTest.accept(job));
    SignedWorkCall early = TestChain.work(People.MINER, WorkTest.commit(job, 0));
    assertInstanceOf(WrongSignature.class, offer(forged).orElseThrow());
    assertInstanceOf(NoOpenSlot.class, offer(early).orElseThrow());
    assertEquals(Optional.empty(), offer(accept));
    assertInstanceOf(Duplicate.class, offer(accept).orElseThrow());
    assertInstanceOf(SlotTaken.class, offer(forged).orElseThrow());
    assertEquals(Optional.of(accept), pool.workCall(accept.id()));
    var body = TestChain.body(accept);
    chain.run(body);
    pool.finalized(body, chain.poolView());
    assertEquals(0, pool.workCallCount());
    assertEquals(Optional.empty(), offer(early));
  }

  @Test
  void workCallsWhoseSlotHasGoneAreForgotten() {
    JobId job = WorkTest.start(chain);
    offer(TestChain.work(People.MINER, WorkTest.accept(job)));
    var body = TestChain.body(chain.transaction(People.DEVELOPER, new JobCall.JobCancel(job)));
    chain.run(body);
    pool.finalized(body, chain.poolView());
    assertTrue(pool.isEmpty());
  }

  private Optional<Refusal> offer(SignedWorkCall call) {
    return pool.offer(call, chain.poolView(), chain.signatures());
  }

  @Test
  void snapshotComesBackInTheSameOrder() throws Malformed {
    JobId job = WorkTest.start(chain);
    offer(TestChain.work(People.MINER, WorkTest.accept(job)));
    offer(pool, gift(People.FRIEND, 0, 3));
    offer(pool, gift(People.VALIDATOR, 0, 3));
    Bytes saved = pool.snapshot();
    Mempool restored = new Mempool(PoolLimits.DEFAULT, chain.rules);
    assertEquals(
        3, restored.restore(Mempool.Saved.read(saved), chain.poolView(), chain.signatures()));
    assertEquals(order(pool, chain), order(restored, chain));
    assertEquals(saved, restored.snapshot());
    Mempool third = new Mempool(PoolLimits.DEFAULT, chain.rules);
    chain.run(gift(People.FRIEND, 0, 3));
    assertEquals(2, third.restore(Mempool.Saved.read(saved), chain.poolView(), chain.signatures()));
    assertThrows(Malformed.class, () -> Mempool.Saved.read(saved.slice(0, saved.size() - 1)));
  }

  @Test
  void randomTrafficStaysWithinEveryBound() {
    Seeds.forEach(
        40,
        random -> {
          TestChain world = TestChain.create();
          PoolLimits limits =
              new PoolLimits(3 + random.nextInt(500), 2_000 + random.nextInt(90_000));
          Mempool crowded = new Mempool(limits, world.rules);
          for (int i = 0; i < 150; i++) {
            People sender = People.ALL.get(random.nextInt(6));
            long nonce = random.nextInt(6);
            Bytes memo = Bytes.wrap(new byte[random.nextInt(128)]);
            var call = new MoneyCall.Transfer(People.POOR.address(), 1, memo);
            Transaction transaction = world.transaction(sender, nonce, random.nextInt(100), call);
            crowded.offer(transaction, world.poolView(), world.signatures());
            checkBounds(crowded, limits);
          }
          List<Transaction> order = order(crowded, world);
          // What is chosen, a block takes.
          world.run(new Block.Body(List.of(), firstOf(order), List.of()));
        });
  }

  private static List<Transaction> firstOf(List<Transaction> order) {
    return order.subList(0, Math.min(60, order.size()));
  }

  private static void checkBounds(Mempool pool, PoolLimits limits) {
    assertTrue(pool.transactionCount() <= limits.countMax());
    List<Transaction> all = pool.transactions().inOrder();
    assertEquals(all.size(), pool.transactionCount());
    long bytes = all.stream().mapToLong(each -> each.encode().size()).sum();
    assertTrue(bytes <= limits.bytesMax());
    pool.transactions()
        .senders()
        .values()
        .forEach(queue -> {
          List<Pooled> own = queue.all();
          assertTrue(!own.isEmpty() && own.size() <= limits.senderCountMax());
          assertTrue(own.stream().mapToLong(Pooled::bytes).sum() <= limits.senderBytesMax());
        });
  }
}
