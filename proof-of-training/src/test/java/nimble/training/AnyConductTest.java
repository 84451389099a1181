package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.chain.AuditCall.Concede;
import nimble.chain.AuditCall.DataChallenge;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.JobCall.JobTopUp;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.ledger.Accounts;
import nimble.ledger.Escrow;
import nimble.ledger.Escrows;
import nimble.ledger.Execution;
import nimble.sim.Seeds;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Random conduct of everybody, on the real ledger: it checks after every block that no nim-unit
/// appears or vanishes (L1), and this test that the job rules keep their promises.
final class AnyConductTest {
  private static final int BLOCKS = 250;
  private static final int MINERS = 7;

  @Test
  void promisesHoldWhateverPeopleDo() {
    NavigableSet<String> seen = new TreeSet<>();
    Seeds.forEach(16, random -> seen.addAll(new Run(random).run()));
    List<String> rare =
        List.of("Slashed", "WentBack", "ResumePointReached", "Resumed", "RollCalled", "AuditPaid");
    assertTrue(seen.containsAll(rare), seen::toString);
  }

  private static final class Run {
    private final SplittableRandom random;
    private final World world;
    private final boolean audited;
    private final int carelessness;
    private final List<JobId> jobs = new ArrayList<>();

    /// So many turns nobody commits to anything: somebody is gone, and all others wait.
    private int stalled;

    Run(SplittableRandom random) {
      this.random = random;
      this.carelessness = random.nextInt(random.nextInt(3) == 0 ? 100 : 30);
      long[] prices = new long[MINERS];
      for (int i = 0; i < MINERS; i++) {
        prices[i] = random.nextLong(1_000_000_000);
      }
      this.audited = random.nextBoolean();
      long stake = 1_000 * World.NIM;
      this.world =
          audited ? Panel.world(new long[] {stake, stake, 2 * stake}, prices) : new World(prices);
    }

    List<String> run() {
      for (int i = 0; i < BLOCKS; i++) {
        world.blockMillis = 1 + random.nextLong(3_000);
        act();
        check();
      }
      for (int i = 0; i < BLOCKS && !Jobs.active(world.state()).isEmpty(); i++) {
        world.blockMillis = 60_000;
        world.idle(1);
        check();
      }
      assertEquals(List.of(), Jobs.active(world.state()), "every job ends");
      world.blockMillis = 60_000;
      world.idle(25);
      for (int account = World.FIRST_MINER; account < World.FIRST_MINER + MINERS; account++) {
        var miner = Accounts.get(world.state(), World.address(account));
        assertEquals(0, miner.locked());
        assertEquals(0, miner.vesting());
      }
      return jobs.stream().flatMap(id -> world.story(id).stream()).toList();
    }

    private void act() {
      stalled = stalled > 0 ? stalled - 1 : random.nextInt(40) == 0 ? 40 : 0;
      switch (random.nextInt(20)) {
        case 0 -> submit();
        case 1 -> anyJob(id -> world.call(World.DEVELOPER, new JobTopUp(id, random.nextInt(9))));
        case 2 -> {
          if (random.nextInt(8) == 0) {
            anyJob(id -> world.call(World.DEVELOPER, new JobCancel(id)));
          }
        }
        case 3 -> {
          OfferPut terms = Specs.terms(1 + random.nextInt(2_000_000), random.nextInt(1 << 30));
          world.call(World.FIRST_MINER + random.nextInt(MINERS), terms);
        }
        case 5 -> anyJob(this::judge);
        case 4 -> world.idle(1 + random.nextInt(random.nextInt(10) == 0 ? 70 : 2));
        default -> work();
      }
    }

    private void submit() {
      JobSpec spec =
          Specs.spec(
              1 + random.nextInt(150),
              new MoneySpec(
                  1 + random.nextLong(100 * World.NIM),
                  1 << 30,
                  random.nextInt(1_000),
                  10_000 + random.nextLong(900_000)));
      long before = Jobs.count(world.state());
      world.call(World.DEVELOPER, new JobSubmit(spec.encode()));
      if (Jobs.count(world.state()) > before) {
        jobs.add(new JobId(before + 1));
      }
    }

    /// Somebody is found wrong, or says that it was.
    private void judge(JobId id) {
      List<ClosedRound> rounds = Lineage.unsettled(world.state(), world.job(id));
      if (rounds.isEmpty() || random.nextInt(4) > 0) {
        return;
      }
      ClosedRound round = rounds.get(random.nextInt(rounds.size()));
      int stage = random.nextInt(3);
      if (random.nextInt(3) == 0) {
        Audit audit = ConcessionTest.audit(id, round, stage);
        world.turn(id, turn -> Conviction.concede(turn, audit));
      } else {
        List<Address> finders = List.of(World.address(World.VALIDATOR));
        Address miner = round.stages().get(stage).miner();
        world.turn(id, turn -> Conviction.convict(turn, stage, miner, "is false", finders));
      }
    }

    private void anyJob(Consumer<JobId> action) {
      if (!jobs.isEmpty()) {
        action.accept(jobs.get(random.nextInt(jobs.size())));
      }
    }

    /// One call per open slot, mostly; at times none, at times a lie.
    private void work() {
      List<WorkCall> calls = new ArrayList<>();
      for (JobId id : Jobs.active(world.state())) {
        for (int stage = 0; stage < 3; stage++) {
          if (random.nextInt(100) >= carelessness) {
            calls.addAll(open(id, stage));
          }
        }
        if (audited) {
          audit(new Panel(world, id), calls);
        }
      }
      WorkCall[] together = calls.toArray(WorkCall[]::new);
      if (world.attempt(together) instanceof Execution.Executed) {
        world.work(together);
      } else {
        // One of them closed the slot of another.
        calls.forEach(call -> {
          if (world.isOpen(call)) {
            world.work(call);
          }
        });
      }
    }

    /// Validators join, mostly, and say what they find, mostly that all is well.
    private void audit(Panel panel, List<WorkCall> calls) {
      for (int account : world.validators) {
        if (random.nextInt(100) < carelessness) {
          continue;
        }
        for (int stage = 0; stage < 3; stage++) {
          add(calls, List.of(panel.join(stage, account), panel.open(stage, account)));
        }
        for (Audit audit : panel.audits()) {
          Verdict[] verdicts = Verdict.values();
          long chance = (audit.id().number() * 7 + account) % 10;
          Verdict verdict = chance < 3 ? verdicts[(int) chance] : Verdict.UPHELD;
          List<WorkCall> every = new ArrayList<>(Panel.everything(audit, account, verdict));
          boolean odd = random.nextInt(200) < carelessness;
          every.removeIf(
              call -> (call instanceof DataChallenge || call instanceof Concede) && !odd);
          add(calls, every);
        }
      }
    }

    private void add(List<WorkCall> calls, List<WorkCall> either) {
      either.stream().filter(world::isOpen).limit(1).forEach(calls::add);
    }

    private List<WorkCall> open(JobId id, int stage) {
      int round = Math.max(0, world.job(id).progress().round() - 1 - random.nextInt(2));
      Address next = world.job(id).stages().get((stage + 1) % 3).miner();
      boolean lies = random.nextInt(400) < carelessness;
      return List.<WorkCall>of(
              world.accept(id, stage),
              world.open(id, stage),
              random.nextBoolean()
                  ? world.kept(id, stage, round, next)
                  : world.checkpoint(id, stage, round),
              lies ? world.lie(id, stage) : world.commit(id, stage),
              world.checkpoint(id, stage, round),
              world.kept(id, stage, round, next))
          .stream()
          .filter(world::isOpen)
          .filter(call -> stalled == 0 || !(call instanceof RoundCommit))
          .limit(1)
          .toList();
    }

    private void check() {
      for (JobId id : jobs) {
        Job job = world.job(id);
        List<Bytes> events = world.entries(id).stream().map(JobEntry::encode).toList();
        assertEquals(events.size(), job.events().size());
        assertEquals(List.of(), Replay.of(world.entries(id)).differences(job));
        if (random.nextInt(20) == 0) {
          assertEquals(Merkle.root(events), job.events().root());
        }
        if (!job.state().isFinal()) {
          checkActive(job);
        }
      }
    }

    private void checkActive(Job job) {
      Escrow escrow = Escrows.get(world.state(), job.id()).orElseThrow();
      JobProgress progress = job.progress();
      List<ClosedRound> unsettled = Lineage.unsettled(world.state(), job);
      long owed =
          unsettled.stream()
              .flatMap(round -> round.stages().stream())
              .filter(ClosedStage::payable)
              .mapToLong(ClosedStage::pay)
              .sum();
      assertTrue(escrow.budget() >= owed, "closed rounds can be paid");
      if (job.state() != JobState.SETTLING) {
        for (HeldStage stage : job.stages()) {
          for (int round = progress.round(); round < job.rounds().count(); round++) {
            owed += stage.terms().price(stage.terms().operations(job.rounds(), round));
          }
        }
        assertTrue(escrow.budget() >= owed, "so can those to come");
      }
      assertTrue(unsettled.size() <= Limits.UNSETTLED_MAX);
      assertTrue(
          Jobs.record(world.state(), job.id()).orElseThrow().encode().size() <= JobRecord.SIZE_MAX);
      int reached =
          ResumePoints.before(world.state(), job.id(), Integer.MAX_VALUE)
              .map(ResumePoint::round)
              .orElse(-1);
      assertTrue(reached < progress.round(), "points lie behind");
      assertTrue(Lineage.settledRounds(world.state(), job) >= 0);
    }
  }
}
