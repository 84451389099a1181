package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nimble.chain.Block.Body;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.chain.SignedWorkCall;
import nimble.chain.StakeCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.ledger.Execution.Executed;
import nimble.sim.Seeds;
import nimble.types.Address;
import org.junit.jupiter.api.Test;

/// L1 over random sequences of all calls, valid and invalid: [TestChain] walks the whole state
/// after each block and holds every kept sum, queue and index against it.
final class ConservationTest {
  /// What happened over all seeds: a property that never meets a case proves nothing about it.
  private final TreeMap<String, Integer> met = new TreeMap<>();

  @Test
  void l1SupplyIsExactAfterEveryRandomBlock() {
    Seeds.forEach(
        60,
        random -> {
          TestChain chain = TestChain.create();
          WorkTest.start(chain);
          RandomCalls calls = new RandomCalls(random, chain);
          for (int block = 0; block < 60; block++) {
            step(random, chain, calls);
          }
          Supply end = Supply.of(chain.view());
          count("pay vested", Income.of(chain.view(), People.MINER.address()).vested() > 0);
          count("pay delegated", !Delegations.of(chain.view(), People.MINER.address()).isEmpty());
          count("unbonding", end.unbonding() > 0);
          count("emission", Income.of(chain.view(), People.MINER.address()).emission() > 0);
          Income leader = Income.of(chain.view(), People.VALIDATOR.address());
          count("leading", leader.leading() > 0);
          count("voting", leader.voting() > 0);
        });
    if (Long.getLong("seed") == null) {
      List<String> kinds =
          new ArrayList<>(
              List.of(
                  "applied",
                  "rejected",
                  "invalid",
                  "work done",
                  "pay vested",
                  "pay delegated",
                  "unbonding",
                  "emission",
                  "leading",
                  "voting"));
      IntStream.range(0, SmallJobs.FATES).forEach(fate -> kinds.add("fate " + fate));
      kinds.forEach(kind -> assertTrue(met.containsKey(kind), () -> kind + " never seen: " + met));
    }
  }

  @Test
  void l1SupplyIsExactThroughTheLivesOfValidators() {
    Seeds.forEach(
        30,
        random -> {
          TestChain chain = TestChain.create();
          List<People> voters = People.ALL.subList(1, 4);
          voters.forEach(it -> chain.run(it, new StakeCall.StakeAdd(TestChain.LEAST)));
          voters.forEach(it -> chain.run(it, RandomCalls.register(it, 100)));
          RandomCalls calls = new RandomCalls(random, chain);
          for (int block = 0; block < 80; block++) {
            if (random.nextInt(6) == 0) {
              chain.beginEpoch();
            }
            chain.votes = votes(random);
            boolean reports = random.nextInt(30) == 0;
            Body body = reports ? TestChain.body(calls.report()) : TestChain.body(calls.votes());
            if (chain.execute(body) instanceof Executed executed) {
              chain.accept(executed);
              count("reported", reports);
            }
            lives(chain);
          }
        });
    if (Long.getLong("seed") == null) {
      List.of(
              "expelled",
              "reported",
              "delegated",
              "held for delegators",
              "delegating",
              "several vote",
              "slashed while leaving",
              "ACTIVE",
              "JAILED",
              "EXITED",
              "EXPELLED")
          .forEach(kind -> assertTrue(met.containsKey(kind), () -> kind + " never: " + met));
    }
  }

  private void lives(TestChain chain) {
    Supply end = Supply.of(chain.view());
    count("expelled", Punishments.of(chain.view(), People.VALIDATOR.address()).isPresent());
    count("delegated", end.delegations() > 0);
    count("held for delegators", end.delegatorRewards() > 0);
    for (People person : People.ALL) {
      Income income = Income.of(chain.view(), person.address());
      count("delegating", income.delegating() > 0);
      Validators.get(chain.view(), person.address())
          .ifPresent(it -> count(it.standing().name(), true));
    }
    count("several vote", Elections.present(chain.view()).size() > 1);
    count(
        "slashed while leaving",
        chain.state.entrySet().stream()
            .filter(entry -> entry.getKey().at(0) == Keys.QUEUE_ITEM)
            .map(entry -> chain.view().read(entry.getKey(), Maturity::read).orElseThrow())
            .flatMap(entry -> entry.risk().stream())
            .anyMatch(risk -> Punishments.lost(chain.view(), risk, 1_000) > 0));
  }

  private void count(String kind, boolean happened) {
    if (happened) {
      met.merge(kind, 1, Integer::sum);
    }
  }

  private static List<ViewVotes> votes(SplittableRandom random) {
    List<Address> signers =
        People.ALL.stream().map(People::address).filter(it -> random.nextInt(3) > 0).toList();
    return IntStream.range(0, random.nextInt(12))
        .mapToObj(i -> new ViewVotes(100 - i, signers, 667 + random.nextInt(334)))
        .toList();
  }

  private static int fate(SignedWorkCall call) {
    return call.call() instanceof WorkCall.RoundCommit commit ? commit.attempt() : 0;
  }

  private void step(SplittableRandom random, TestChain chain, RandomCalls calls) {
    List<SignedWorkCall> work = new ArrayList<>();
    List<Transaction> transactions = new ArrayList<>();
    if (!SmallJobs.jobs(chain.view()).isEmpty() && random.nextInt(3) > 0) {
      work.add(calls.work());
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      transactions.add(calls.transaction());
    }
    if (random.nextInt(10) == 0) {
      chain.beginEpoch();
    }
    chain.votes = votes(random);
    Body body = new Body(work, transactions, List.of());
    TreeMap<Bytes, Bytes> before = new TreeMap<>(chain.state);
    switch (chain.execute(body)) {
      case Executed executed -> {
        chain.accept(executed);
        count("work done", !work.isEmpty());
        work.forEach(call -> count("fate " + fate(call), true));
        for (Receipt receipt : executed.receipts()) {
          count("applied", receipt.outcome() instanceof Outcome.Applied);
          count("rejected", receipt.outcome() instanceof Outcome.Rejected);
        }
      }
      case Execution.Invalid invalid -> {
        count("invalid", true);
        assertEquals(before, chain.state, "an invalid block leaves no trace");
        chain.runEmpty(1);
      }
    }
  }

  @Test
  void l12BuiltBlocksExecuteToWhatTheBuilderSaw() {
    Seeds.forEach(
        30,
        random -> {
          TestChain chain = TestChain.create();
          RandomCalls calls = new RandomCalls(random, chain);
          Mempool pool = new Mempool(PoolLimits.DEFAULT, chain.rules);
          BlockBuilder builder = new BlockBuilder(chain.ledger);
          for (int block = 0; block < 40; block++) {
            fill(random, calls, chain, pool);
            BlockBuilder.Built built = builder.build(chain.view(), chain.next(), pool, List.of());
            assertEquals(chain.execute(built.body()), built.executed());
            chain.accept(built.executed());
            built.refused().forEach(pool::drop);
            pool.finalized(built.body(), chain.poolView());
            count("built", !built.body().transactions().isEmpty());
            count("work", !built.body().workCalls().isEmpty());
          }
        });
    if (Long.getLong("seed") == null) {
      assertTrue(met.containsKey("built") && met.containsKey("work"), () -> "" + met);
    }
  }

  private static void fill(
      SplittableRandom random, RandomCalls calls, TestChain chain, Mempool pool) {
    for (int i = 0; i < 8; i++) {
      People sender = calls.anyone();
      long nonce = chain.account(sender).nonce() + random.nextInt(3);
      pool.offer(calls.transaction(sender, nonce), chain.poolView(), chain.signatures());
      if (!SmallJobs.jobs(chain.view()).isEmpty()) {
        pool.offer(calls.work(), chain.poolView(), chain.signatures());
      }
    }
  }
}
