package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import nimble.chain.JobCall;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.genesis.BlockParameters;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

final class BlockBuilderTest {
  private TestChain chain = TestChain.create();
  private Mempool pool = new Mempool(PoolLimits.DEFAULT, chain.rules);

  private BlockBuilder.Built build() {
    return new BlockBuilder(chain.ledger).build(chain.view(), chain.next(), pool, List.of());
  }

  private Transaction gift(People sender, long nonce, long tip) {
    return chain.transaction(sender, nonce, tip, LedgerTest.transfer(People.POOR, 1));
  }

  private void offer(Transaction transaction) {
    assertTrue(pool.offer(transaction, chain.poolView(), chain.signatures()).isEmpty());
  }

  private void offer(SignedWorkCall call) {
    assertTrue(pool.offer(call, chain.poolView(), chain.signatures()).isEmpty());
  }

  /// Blocks with room for so much weight.
  private void limit(long weightMax) {
    chain = new TestChain(new SmallJobs(), new BlockParameters(65_536, weightMax, 1, 0, 101, 7));
    pool = new Mempool(PoolLimits.DEFAULT, chain.rules);
  }

  @Test
  void emptyPoolMakesAnEmptyBlock() {
    BlockBuilder.Built built = build();
    assertTrue(built.body().transactions().isEmpty() && built.body().workCalls().isEmpty());
    assertEquals(chain.execute(built.body()), built.executed());
  }

  @Test
  void l12WorkCallsStandBeforeTransactions() {
    JobId job = WorkTest.start(chain);
    offer(gift(People.DEVELOPER, chain.account(People.DEVELOPER).nonce(), 10));
    offer(TestChain.work(People.MINER, WorkTest.accept(job)));
    BlockBuilder.Built built = build();
    assertEquals(1, built.body().workCalls().size());
    assertEquals(1, built.body().transactions().size());
    assertEquals(0, built.executed().receipts().getFirst().fee());
  }

  @Test
  void whatALeaderLeavesOutStandsInAnothersBlock() {
    JobId job = WorkTest.start(chain);
    offer(TestChain.work(People.MINER, WorkTest.accept(job)));
    BlockBuilder.Built censored =
        new BlockBuilder(chain.ledger, (_, call) -> !(call instanceof WorkCall.JobAccept))
            .build(chain.view(), chain.next(), pool, List.of());
    assertTrue(censored.body().workCalls().isEmpty() && censored.refused().isEmpty());
    assertEquals(1, build().body().workCalls().size());
  }

  @Test
  void l12TransactionsMayUseWhatWorkLeaves() {
    limit(60_000);
    for (int nonce = 0; nonce < 60; nonce++) {
      offer(gift(People.DEVELOPER, nonce, 0));
    }
    long weight = Weights.of(gift(People.DEVELOPER, 0, 0), chain.parameters.block());
    assertEquals(60_000 / weight, build().body().transactions().size());
  }

  @Test
  void l12NeitherKindTakesTheOthersHalf() {
    limit(8 * 3_200);
    List<JobId> jobs = startJobs(7);
    jobs.forEach(job -> offer(TestChain.work(People.MINER, WorkTest.accept(job))));
    BlockBuilder.Built alone = build();
    assertEquals(7, alone.body().workCalls().size(), "work may use the whole block");
    long nonce = chain.account(People.FRIEND).nonce();
    for (int i = 0; i < 20; i++) {
      offer(gift(People.FRIEND, nonce + i, 0));
    }
    BlockBuilder.Built shared = build();
    BlockParameters block = chain.parameters.block();
    long work = shared.body().workCalls().stream().mapToLong(call -> Weights.of(call, block)).sum();
    long rest =
        shared.body().transactions().stream().mapToLong(each -> Weights.of(each, block)).sum();
    assertEquals(4, shared.body().workCalls().size());
    assertTrue(work <= block.weightMax() / 2, "work takes " + work);
    assertTrue(rest >= block.weightMax() / 2 - 1_300, "transactions take " + rest);
    assertTrue(work + rest <= block.weightMax());
  }

  private List<JobId> startJobs(int count) {
    // JobSubmit is heavier than these small blocks: the jobs begin on a chain with room.
    TestChain roomy =
        new TestChain(new SmallJobs(), new BlockParameters(65_536, 400_000, 1, 0, 101, 7));
    WorkTest.start(roomy);
    for (int i = 1; i < count; i++) {
      roomy.run(People.DEVELOPER, new JobCall.JobSubmit(SmallJobs.spec(10_000, 0)));
    }
    chain.state.clear();
    chain.state.putAll(roomy.state);
    return SmallJobs.jobs(chain.view());
  }

  @Test
  void callsWithWrongContentAreReportedAndLeftOut() {
    JobId job = WorkTest.start(chain);
    chain.run(TestChain.body(TestChain.work(People.MINER, WorkTest.accept(job))));
    SignedWorkCall wrong = TestChain.work(People.MINER, WorkTest.commit(job, 0, OptionalInt.of(3)));
    offer(wrong);
    BlockBuilder.Built built = build();
    assertEquals(List.of(), built.body().workCalls());
    assertEquals(List.of(wrong.id()), built.refused());
    built.refused().forEach(pool::drop);
    assertEquals(0, pool.workCallCount());
  }

  @Test
  void whatAnAncestorTookIsPassedOver() {
    Transaction first = gift(People.DEVELOPER, 0, 0);
    Transaction second = gift(People.DEVELOPER, 1, 0);
    offer(first);
    offer(second);
    chain.run(TestChain.body(first));
    // The block above is not final yet: the pool still holds its transaction.
    assertEquals(List.of(second), build().body().transactions());
  }

  @Test
  void unpayableOneHidesOnlyItsSender() {
    chain.run(People.FRIEND, LedgerTest.transfer(People.POOR, 500_000));
    offer(gift(People.POOR, 0, 0));
    offer(gift(People.POOR, 1, 9));
    Transaction payable = gift(People.DEVELOPER, 0, 0);
    offer(payable);
    // A block that is not final yet holds a rival of the first, which spends nearly all.
    chain.run(
        TestChain.body(
            chain.transaction(People.POOR, 0, 0, LedgerTest.transfer(People.FRIEND, 450_000))));
    assertEquals(List.of(payable), build().body().transactions());
  }

  @Test
  void votesTakeTheirBytesFirst() {
    chain = new TestChain(new SmallJobs(), new BlockParameters(1_000, 400_000, 1, 2_000, 101, 7));
    pool = new Mempool(PoolLimits.DEFAULT, chain.rules);
    for (int nonce = 0; nonce < 10; nonce++) {
      offer(gift(People.DEVELOPER, nonce, 0));
    }
    int without = build().body().transactions().size();
    Bytes vote = Bytes.wrap(new byte[400]);
    BlockBuilder.Built with =
        new BlockBuilder(chain.ledger).build(chain.view(), chain.next(), pool, List.of(vote, vote));
    assertTrue(with.body().transactions().size() < without);
    assertEquals(chain.execute(with.body()), with.executed());
    int bytes = Writer.encode(with.body()::write).size();
    assertTrue(bytes <= 1_000, bytes + " bytes");
  }
}
