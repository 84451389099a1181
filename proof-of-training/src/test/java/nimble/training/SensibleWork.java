package nimble.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.AuditCall.DisputeFinding;
import nimble.chain.AuditCall.SketchCommit;
import nimble.chain.AuditCall.SketchOpen;
import nimble.chain.AuditCall.VerdictVote;
import nimble.chain.AuditId;
import nimble.chain.ServeCall;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.ledger.MoneyEpoch;
import nimble.training.dispute.Standing;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;

/// What hot keys say about jobs: mostly what is awaited; who lies, concedes, appeals or challenges
/// follows from the audit's number, so that commitments and what opens them fit.
final class SensibleWork {
  private static final List<Verdict> VERDICTS = List.of(Verdict.values());

  private static final Hash OTHER_CLASS = Specs.hash("another class");
  private static final Bytes PROJECTION = Bytes.wrap(new byte[AuditReveal.PROJECTION_SIZE]);

  private final SplittableRandom random;
  private final World world;
  private final SensibleAccounts accounts;
  private final int carelessness;

  /// So many blocks nobody commits to a round: somebody is gone, and all others wait.
  private int stalled;

  SensibleWork(SplittableRandom random, World world) {
    this.random = random;
    this.world = world;
    accounts = new SensibleAccounts(random, world);
    carelessness = random.nextInt(random.nextInt(3) == 0 ? 80 : 20);
  }

  /// In any order; some of them close the slots of others.
  List<WorkCall> calls() {
    stalled = stalled > 0 ? stalled - 1 : random.nextInt(60) == 0 ? 10 : 0;
    List<WorkCall> calls = new ArrayList<>();
    for (JobId id : Jobs.active(world.state())) {
      for (int stage = 0; stage < world.job(id).stages().size(); stage++) {
        stage(id, stage, calls);
        auditors(id, stage, calls);
      }
      for (Audit audit : new Panel(world, id).audits()) {
        audit(audit, calls);
      }
    }
    Deployments.active(world.state()).forEach(id -> serving(id, calls));
    calls.removeIf(_ -> random.nextInt(100) < carelessness);
    if (random.nextInt(150) == 0) {
      accounts.report().ifPresent(calls::add);
    }
    Collections.shuffle(calls, Random.from(random));
    return calls;
  }

  private void serving(JobId id, List<WorkCall> calls) {
    Deployment deployment = Deployments.load(world.state(), id).orElseThrow();
    List<WorkCall> maybe = new ArrayList<>();
    for (int seat = 0; seat < deployment.seats().size(); seat++) {
      HostedStage held = deployment.seats().get(seat);
      StageSlot slot = deployment.slot(seat);
      int turn = held.called() ? held.turn() : 0;
      if (random.nextInt(10) > 0) {
        maybe.add(new ServeCall.HostReady(slot, held.attempt(), turn, World.digest(slot.stage())));
      }
      if (random.nextInt(10) == 0) {
        maybe.add(new ServeCall.HostMissing(slot, held.attempt(), held.turn() + 1));
      }
      long tokens = held.served().tokens() + 1 + random.nextLong(5_000);
      maybe.add(DeploymentsTest.receipt(slot, held.attempt(), tokens));
    }
    for (int stage = 0; stage < deployment.depth(); stage++) {
      for (int account : world.validators) {
        maybe.add(new Panel(world, id).join(stage, account, digest(id, stage, account)));
        maybe.add(
            new AuditorOpen(
                World.slot(id, stage), World.address(account), digest(id, stage, account)));
      }
    }
    new Panel(world, id).audits().forEach(audit -> audit(audit, calls));
    addOpen(maybe, calls);
  }

  private void stage(JobId id, int stage, List<WorkCall> calls) {
    int round = Math.max(0, world.job(id).progress().round() - 1 - random.nextInt(2));
    Address next = world.job(id).stages().get((stage + 1) % 3).miner();
    List<WorkCall> maybe = new ArrayList<>();
    maybe.add(world.accept(id, stage));
    maybe.add(world.open(id, stage));
    maybe.add(world.checkpoint(id, stage, round));
    maybe.add(world.kept(id, stage, round, next));
    if (stalled == 0) {
      maybe.add(
          random.nextInt(400) < carelessness ? world.lie(id, stage) : world.commit(id, stage));
    }
    addOpen(maybe, calls);
  }

  private void addOpen(List<WorkCall> maybe, List<WorkCall> calls) {
    maybe.stream().filter(world::isOpen).forEach(calls::add);
  }

  /// The last two validators are of another class in every other job.
  private Hash digest(JobId id, int stage, int account) {
    boolean other = world.validators.indexOf(account) >= 4 && id.value() % 2 == 0;
    return other ? OTHER_CLASS : World.digest(stage);
  }

  private void auditors(JobId id, int stage, List<WorkCall> calls) {
    StageSlot slot = World.slot(id, stage);
    Panel panel = new Panel(world, id);
    long epoch = MoneyEpoch.of(world.state()).number();
    Address miner = world.job(id).stages().get(stage).miner();
    List<WorkCall> maybe = new ArrayList<>();
    for (int account : world.validators) {
      Address self = World.address(account);
      Hash digest = digest(id, stage, account);
      maybe.add(panel.join(stage, account, digest));
      maybe.add(new AuditorOpen(slot, self, digest));
      if (digest.equals(OTHER_CLASS)) {
        SketchOpen open = sketch(slot, self, epoch, miner);
        maybe.add(new SketchCommit(slot, self, epoch, open.commitment()));
        maybe.add(sketch(slot, self, epoch - 1, miner));
      }
    }
    addOpen(maybe, calls);
  }

  private SketchOpen sketch(StageSlot slot, Address self, long epoch, Address miner) {
    Hash key = Specs.hash("key %s %d".formatted(self, epoch));
    long milliZ = slot.stage() == 0 ? 7_000 : random.nextLong(8_000);
    return new SketchOpen(slot, self, Math.max(0, epoch), key, miner, milliZ);
  }

  /// What an account says in an audit, always the same.
  private static Verdict verdict(Audit audit, int account) {
    int mood = (int) (audit.id().number() % 7);
    int chance = Math.floorMod(audit.id().number() * 31 + account * 7L, 10);
    return switch (mood) {
      case 0, 1, 2 -> Verdict.UPHELD;
      case 3 -> chance < 2 ? Verdict.UPHELD : Verdict.REJECTED;
      case 4 -> chance < 5 ? Verdict.UPHELD : Verdict.REJECTED;
      case 5 -> Verdict.DEVIATES;
      default -> VERDICTS.get(chance % VERDICTS.size());
    };
  }

  private void audit(Audit audit, List<WorkCall> calls) {
    List<WorkCall> maybe = new ArrayList<>();
    boolean odd = audit.id().number() % 11 == 5;
    for (int account : world.validators) {
      Address self = World.address(account);
      Verdict verdict = verdict(audit, account);
      switch (audit.phase()) {
        case COMMITTING -> {
          maybe.add(
              odd && random.nextInt(4) == 0
                  ? Panel.challenge(audit, self)
                  : new AuditCommit(audit.id(), self, reveal(audit, self, verdict).commitment()));
        }
        case REVEALING -> maybe.add(reveal(audit, self, verdict));
        case CHALLENGED -> {
          if (audit.id().number() % 2 == 0) {
            maybe.add(Panel.answer(audit, account));
          }
        }
        case CONCEDING ->
            maybe.add(audit.id().number() % 3 == 0 ? Panel.concede(audit) : Panel.appeal(audit));
        case VOTING -> maybe.add(new VerdictVote(audit.id(), self, verdict, Panel.ANSWER));
        case DISPUTED -> finding(audit, self, maybe);
      }
    }
    if (audit.phase() == Audit.Phase.DISPUTED) {
      Parties.of(world, audit).next(world, audit).ifPresent(maybe::add);
    }
    addOpen(maybe, calls);
  }

  private void finding(Audit audit, Address self, List<WorkCall> maybe) {
    if (Jobs.dispute(world.state(), audit.id()).orElseThrow().game().standing()
        instanceof Standing.Contradicted(Hash miners, Hash accusers)) {
      Hash found = audit.id().number() % 2 == 0 ? miners : accusers;
      maybe.add(new DisputeFinding(audit.id(), self, random.nextInt(8) == 0 ? Hash.ZERO : found));
    }
  }

  private AuditReveal reveal(Audit audit, Address self, Verdict verdict) {
    return new AuditReveal(
        audit.id(),
        self,
        verdict,
        Panel.ANSWER,
        Specs.hash("salt"),
        Auditors.isMixed(world.state(), audit) ? PROJECTION : Bytes.EMPTY);
  }

  /// Of anybody, about anything.
  List<WorkCall> anything() {
    JobId id = new JobId(1 + random.nextLong(2 + Jobs.count(world.state())));
    int account = accounts.anyone();
    List<WorkCall> all =
        new ArrayList<>(
            Panel.everything(
                new AuditId(id, random.nextInt(20)),
                account,
                VERDICTS.get(random.nextInt(VERDICTS.size()))));
    StageSlot slot = World.slot(id, random.nextInt(3));
    all.add(new ServeCall.HostReady(slot, random.nextInt(3), 0, Hash.ZERO));
    all.add(new ServeCall.HostMissing(slot, 0, 1 + random.nextInt(2)));
    all.add(DeploymentsTest.receipt(slot, 0, 1 + random.nextLong(1 << 20)));
    if (Jobs.load(world.state(), id).isPresent()) {
      int stage = random.nextInt(3);
      Address self = World.address(account);
      all.add(world.accept(id, stage));
      all.add(world.open(id, stage));
      all.add(world.commit(id, stage));
      all.add(world.checkpoint(id, stage, random.nextInt(4)));
      all.add(world.kept(id, stage, random.nextInt(4), self));
      all.add(new Panel(world, id).join(stage, account));
      all.add(new Panel(world, id).open(stage, account));
      all.add(sketch(World.slot(id, stage), self, 1, self));
      all.add(new SketchCommit(World.slot(id, stage), self, 0, Hash.ZERO));
    }
    Collections.shuffle(all, Random.from(random));
    return all.subList(0, 2);
  }
}
