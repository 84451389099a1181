package nimble.training;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.chain.Call;
import nimble.chain.JobCall;
import nimble.chain.MinerCall;
import nimble.chain.ModelCall;
import nimble.chain.ModelSource;
import nimble.chain.MoneyCall;
import nimble.chain.StakeCall;
import nimble.chain.ValidatorSet;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.ledger.Accounts;
import nimble.ledger.Delegations;
import nimble.ledger.Elections;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.Registration;
import nimble.ledger.TestVotes;
import nimble.ledger.Validators;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.training.spec.StartSpec;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// What accounts ask of the chain: of every kind, mostly what they may, for amounts of any size.
record SensibleAccounts(SplittableRandom random, World world) {
  private static final int JOBS_MAX = 3;
  private static final String MODEL = "tests/any";
  private static final PublicKey GATEWAY = World.hotKey(77);

  int anyone() {
    return random.nextInt(5) == 0 ? World.DEVELOPER : random.nextInt(world.people());
  }

  /// If there is one: then it would rather not be.
  int jailed() {
    return world.validators.stream().filter(this::isJailed).findFirst().orElse(anyone());
  }

  private boolean isJailed(int account) {
    return Validators.get(world.state(), World.address(account))
        .filter(it -> it.standing() == Registration.Standing.JAILED)
        .isPresent();
  }

  private Address somebody() {
    return World.address(anyone());
  }

  private int validator() {
    return world.validators.get(random.nextInt(world.validators.size()));
  }

  private long amount(int sender) {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> Long.MAX_VALUE;
      case 2 -> Accounts.get(world.state(), World.address(sender)).balance();
      case 3 -> random.nextLong(1, 1_000);
      default -> random.nextLong(1, 5 * World.NIM);
    };
  }

  Call call(int sender) {
    if (isJailed(sender)) {
      return new StakeCall.Unjail();
    }
    return switch (random.nextInt(24)) {
      case 0 -> new StakeCall.StakeAdd(random.nextBoolean() ? 101 * World.NIM : amount(sender));
      case 1 -> new StakeCall.StakeRemove(amount(sender));
      case 2 -> new MinerCall.BondAdd(amount(sender));
      case 3 -> new MinerCall.BondRemove(amount(sender));
      case 4, 5 -> mining(sender);
      case 6, 7, 8 -> submit();
      case 9 -> new JobCall.JobTopUp(job(), amount(sender));
      case 10 -> random.nextInt(3) == 0 ? cancel(sender) : transfer(sender);
      case 11, 12 -> new StakeCall.Delegate(World.address(validator()), amount(sender));
      case 13, 14 -> undelegate(sender);
      case 15, 16 -> voting(sender);
      case 17, 18, 19, 20 -> model(sender);
      default -> transfer(sender);
    };
  }

  /// One name, so that most of what is deployed was published.
  private ModelSource source(int sender) {
    return random.nextBoolean()
        ? new ModelSource.Trained(trained(sender))
        : new ModelSource.Brought(Specs.brought(random.nextInt(4)).encode());
  }

  private Call model(int sender) {
    return switch (random.nextInt(6)) {
      case 0, 1 ->
          new ModelCall.ModelPublish(
              source(sender), MODEL, "MIT", random.nextLong(5), Optional.empty());
      case 2 -> new ModelCall.ModelUndeploy(served(sender));
      default ->
          new ModelCall.ModelDeploy(
              MODEL,
              GATEWAY,
              random.nextInt(8) == 0 ? 0 : 1,
              10 * World.NIM,
              random.nextInt(8) == 0 ? 1 : 40 * World.NIM,
              world.now().timeMillis() + random.nextLong(1_000_000));
    };
  }

  private JobId served(int sender) {
    for (JobId id : Deployments.active(world.state())) {
      Deployment deployment = Deployments.load(world.state(), id).orElseThrow();
      if (deployment.order().sender().equals(World.address(sender))) {
        return id;
      }
    }
    return job();
  }

  private JobId trained(int sender) {
    for (long id = 1; id <= Jobs.count(world.state()); id++) {
      JobId job = new JobId(id);
      if (Jobs.load(world.state(), job).filter(it -> isTrained(it, sender)).isPresent()) {
        return job;
      }
    }
    return job();
  }

  private static boolean isTrained(Job job, int sender) {
    return job.state() == JobState.COMPLETED && job.order().sender().equals(World.address(sender));
  }

  private Call undelegate(int sender) {
    List<Delegations.Position> own = Delegations.of(world.state(), World.address(sender));
    return own.isEmpty()
        ? new StakeCall.Undelegate(World.address(validator()), amount(sender))
        : new StakeCall.Undelegate(
            own.getFirst().validator(), random.nextBoolean() ? 0 : own.getFirst().worth());
  }

  private Call transfer(int sender) {
    return new MoneyCall.Transfer(
        somebody(),
        sender == World.DEVELOPER ? random.nextLong(10 * World.NIM) : amount(sender),
        Bytes.EMPTY);
  }

  private Call mining(int sender) {
    return switch (random.nextInt(5)) {
      case 0 ->
          new MinerCall.MinerRegister(
              World.hotKey(random.nextInt(6) == 0 ? anyone() : sender),
              World.address(validator()),
              "miner",
              "h:1");
      case 1 -> new MinerCall.OfferWithdraw();
      default -> Specs.terms(1 + random.nextInt(2_000_000), random.nextInt(1 << 30));
    };
  }

  private Call voting(int sender) {
    return switch (random.nextInt(6)) {
      case 0 -> new StakeCall.ValidatorExit();
      case 1 -> new StakeCall.Unjail();
      case 2 -> evidence().orElse(new StakeCall.Unjail());
      default -> register(random.nextInt(6) == 0 ? anyone() : sender);
    };
  }

  private Call register(int person) {
    return new StakeCall.ValidatorRegister(
        World.voteKey(person).voteKey(),
        World.voteKey(person).provePossession(),
        World.hotKey(person),
        random.nextInt(201));
  }

  private JobId job() {
    return new JobId(1 + random.nextLong(1 + Jobs.count(world.state())));
  }

  private Call cancel(int sender) {
    for (JobId id : Jobs.active(world.state())) {
      if (world.job(id).order().sender().equals(World.address(sender))) {
        return new JobCall.JobCancel(id);
      }
    }
    return new JobCall.JobCancel(job());
  }

  private Call submit() {
    if (Jobs.active(world.state()).size() >= JOBS_MAX) {
      return new JobCall.JobSubmit(Specs.anyBytes(random, 40));
    }
    boolean always = random.nextBoolean();
    Optional<StartSpec> start = random.nextInt(3) == 0 ? start() : Optional.empty();
    JobSpec anew =
        Specs.spec(
            start.map(StartSpec::steps).orElse(0)
                + 1
                + random.nextInt(random.nextBoolean() ? 20 : 200),
            new MoneySpec(
                random.nextInt(10) == 0 ? 1 : 2 * World.NIM,
                random.nextInt(10) == 0 ? 1 : 1 << 30,
                always ? 1_000 : 0,
                10_000 + random.nextLong(900_000)));
    JobSpec spec = start.map(anew::from).orElse(anew);
    return new JobCall.JobSubmit(
        random.nextInt(4) == 0 ? spec.encode() : spec.withAnyClass().encode());
  }

  /// What a job can go on from, if there is any; now and then what it cannot.
  private Optional<StartSpec> start() {
    JobId id = job();
    Optional<Job> job = Jobs.load(world.state(), id);
    return job.flatMap(it -> Starts.of(world.state(), it).stream().findFirst())
        .map(point ->
            new StartSpec(
                id,
                point.round() + random.nextInt(10) / 9,
                job.get().rounds().endStep(point.round())));
  }

  /// Of somebody who votes; now and then of two votes that are one.
  private Optional<Call> evidence() {
    return offence().map(it -> new StakeCall.Evidence(it.first(), it.second()));
  }

  /// The same, as a validator's node reports it.
  Optional<WorkCall> report() {
    Address reporter = World.address(random.nextInt(4) == 0 ? anyone() : validator());
    return offence()
        .map(it -> new WorkCall.DoubleVote(reporter, it.culprit(), it.first(), it.second()));
  }

  private record Offence(Address culprit, Bytes first, Bytes second) {}

  private Optional<Offence> offence() {
    long epoch = Math.max(0, MoneyEpoch.of(world.state()).number() - random.nextInt(2));
    Optional<ValidatorSet> set = Elections.find(world.state(), epoch);
    if (set.isEmpty()) {
      return Optional.empty();
    }
    int signer = random.nextInt(set.get().size());
    Address culprit = set.get().get(signer).account();
    for (int account = 0; account < world.people(); account++) {
      if (World.address(account).equals(culprit)) {
        List<Bytes> votes =
            List.of(vote(account, signer, epoch, 1), vote(account, signer, epoch, said()));
        return Optional.of(new Offence(culprit, votes.getFirst(), votes.getLast()));
      }
    }
    return Optional.empty();
  }

  private int said() {
    return random.nextInt(5) == 0 ? 1 : 2;
  }

  private static Bytes vote(int account, int signer, long epoch, int said) {
    return TestVotes.vote(World.voteKey(account), signer, epoch, 7, said);
  }
}
