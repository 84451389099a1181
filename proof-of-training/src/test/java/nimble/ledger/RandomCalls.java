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
import nimble.chain.ValidatorSet;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.types.Address;
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
    return switch (random.nextInt(16)) {
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
      case 12 -> transfer();
      default -> voting(sender);
    };
  }

  /// What changes who votes, or with what.
  private Call voting(People sender) {
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> new StakeCall.Delegate(anyone().address(), nims());
      case 3 -> new StakeCall.Undelegate(anyone().address(), nims());
      case 4 -> new StakeCall.Undelegate(anyone().address(), 0);
      case 5 -> new StakeCall.StakeAdd(TestChain.LEAST);
      case 6, 7 -> register(random.nextInt(10) == 0 ? anyone() : sender, random.nextInt(201));
      case 8 -> random.nextInt(6) == 0 ? new StakeCall.ValidatorExit() : transfer();
      case 9 -> new StakeCall.Unjail();
      case 10 -> random.nextInt(6) == 0 ? evidence() : transfer();
      default -> new StakeCall.StakeRemove(nims());
    };
  }

  Transaction votes() {
    People sender = anyone();
    return chain.transaction(sender, chain.account(sender).nonce(), 0, voting(sender));
  }

  /// An amount that is worth delegating, mostly.
  private long nims() {
    return random.nextInt(4) == 0 ? amount() : random.nextLong(1, 20) * DelegationPool.SHARES_MIN;
  }

  static StakeCall.ValidatorRegister register(People person, int commission) {
    return new StakeCall.ValidatorRegister(
        person.vote().voteKey(),
        person.vote().provePossession(),
        person.hot().publicKey(),
        commission);
  }

  /// Of somebody who votes, and signed twice; now and then of one who did not.
  private StakeCall.Evidence evidence() {
    long epoch = Math.max(0, chain.epoch().number() - random.nextInt(3));
    ValidatorSet set = Elections.find(chain.view(), epoch).orElse(Elections.present(chain.view()));
    int signer = random.nextInt(set.size());
    People culprit =
        People.ALL.stream()
            .filter(person -> person.address().equals(set.get(signer).account()))
            .findFirst()
            .orElseThrow();
    return new StakeCall.Evidence(
        TestVotes.vote(culprit.vote(), signer, epoch, 7, 1),
        TestVotes.vote(culprit.vote(), signer, epoch, 7, random.nextInt(5) == 0 ? 1 : 2));
  }

  /// Of a double vote, by somebody who may or may not vote.
  SignedWorkCall report() {
    StakeCall.Evidence evidence = evidence();
    People reporter = anyone();
    Address culprit =
        TestVotes.offence(TestChain.CHAIN, evidence.first(), evidence.second())
            .flatMap(it ->
                Elections.find(chain.view(), it.epoch())
                    .filter(set -> it.signer() < set.size())
                    .map(set -> set.get(it.signer()).account()))
            .orElse(reporter.address());
    return TestChain.work(
        reporter,
        new WorkCall.DoubleVote(reporter.address(), culprit, evidence.first(), evidence.second()));
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
