package nimble.ledger;

import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import nimble.chain.Call;
import nimble.chain.JobCall;
import nimble.chain.MinerCall;
import nimble.chain.SignedWorkCall;
import nimble.chain.StakeCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.types.JobId;

/// Calls of every kind by everybody, sensible and not.
record RandomCalls(SplittableRandom random, TestChain chain) {
  People anyone() {
    return People.ALL.get(random.nextInt(People.ALL.size()));
  }

  private long amount() {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> Long.MAX_VALUE;
      case 2 -> TestChain.RICH;
      default -> random.nextLong(1, 20_000);
    };
  }

  private JobId job() {
    List<JobId> jobs = SmallJobs.jobs(chain.view());
    return jobs.isEmpty() || random.nextInt(10) == 0
        ? new JobId(random.nextLong(1, 1_000))
        : jobs.get(random.nextInt(jobs.size()));
  }

  Call call(People sender) {
    return switch (random.nextInt(13)) {
      case 0 -> new StakeCall.StakeAdd(amount());
      case 1 -> new StakeCall.StakeRemove(amount());
      case 2 -> new MinerCall.BondAdd(amount());
      case 3 -> new MinerCall.BondRemove(amount());
      case 4 -> TestChain.registration(random.nextInt(5) == 0 ? anyone() : sender);
      case 5, 6 -> TestChain.offer(random.nextInt(100));
      case 7 -> new MinerCall.OfferWithdraw();
      case 8, 9 ->
          new JobCall.JobSubmit(
              random.nextInt(6) == 0
                  ? Bytes.utf8("no spec")
                  : SmallJobs.spec(amount(), random.nextInt(500)));
      case 10 -> new JobCall.JobTopUp(job(), amount());
      case 11 -> random.nextInt(4) == 0 ? new JobCall.JobCancel(job()) : transfer();
      default -> transfer();
    };
  }

  private Call transfer() {
    return LedgerTest.transfer(anyone(), amount());
  }

  Transaction transaction() {
    People sender = anyone();
    return transaction(sender, chain.account(sender).nonce());
  }

  Transaction transaction(People sender, long nonce) {
    long tip = random.nextInt(3) == 0 ? random.nextInt(10_000) : 0;
    return chain.transaction(sender, nonce, tip, call(sender));
  }

  /// A call for a random job's present slot by its miner; now and then by another, for another.
  SignedWorkCall work() {
    JobId id = job();
    SmallJobs.Job job =
        SmallJobs.job(chain.view(), id)
            .orElse(new SmallJobs.Job(anyone().address(), anyone().address(), 0, false));
    int round = random.nextInt(10) == 0 ? random.nextInt(5) : Math.max(0, job.round());
    People signer =
        People.ALL.stream()
            .filter(person -> person.address().equals(job.miner()))
            .findFirst()
            .orElseThrow();
    OptionalInt loss = random.nextInt(20) == 0 ? OptionalInt.of(1) : OptionalInt.empty();
    return TestChain.work(
        random.nextInt(20) == 0 ? anyone() : signer,
        job.round() < 0
            ? WorkTest.accept(id)
            : WorkTest.commit(
                id, round, random.nextBoolean() ? 0 : random.nextInt(SmallJobs.FATES), loss));
  }
}
