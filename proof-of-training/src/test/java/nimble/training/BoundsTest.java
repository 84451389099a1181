package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.JobCall.JobTopUp;
import nimble.ledger.Accounts;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.MoneySpec;
import nimble.training.spec.Rounds;
import nimble.types.JobId;
import nimble.types.Moment;
import org.junit.jupiter.api.Test;

/// What happens at the limits.
final class BoundsTest {
  private static final long PRICE = 100_000_000;

  @Test
  void j2WindowsThatAreOpenAreBounded() {
    World world = new World(PRICE, PRICE, PRICE);
    JobId id = world.submit(Specs.spec(2_700));
    world.start(id);
    world.blockMillis = 1;
    for (int round = 0; round < Limits.UNSETTLED_MAX; round++) {
      world.round(id);
    }
    assertEquals(0, world.job(id).progress().settled());
    assertFalse(world.isOpen(world.commit(id, 0)), "the next round waits for a window");
    world.blockMillis = 5_000;
    world.idle(1);
    assertEquals(Limits.SETTLED_PER_BLOCK_MAX, world.job(id).progress().settled());
    world.idle(1);
    assertEquals(2 * Limits.SETTLED_PER_BLOCK_MAX, world.job(id).progress().settled());
    assertTrue(world.isOpen(world.commit(id, 0)));
    world.blockMillis = 1;
    world.rounds(id);
    world.checkpoints(id);
    world.blockMillis = 5_000;
    world.idle(30);
    assertEquals(JobState.COMPLETED, world.job(id).state());
    assertEquals(270, world.job(id).earned().rounds() / 3);
  }

  @Test
  void j2MinersThatDoNotComeAreBounded() {
    long[] prices = new long[3 + Limits.REMATCHES_MAX + 2];
    Arrays.fill(prices, PRICE);
    World world = new World(prices);
    JobId id = world.submit(Specs.spec(10));
    world.work(world.accept(id, 1), world.accept(id, 2));
    world.idle(15 * (Limits.REMATCHES_MAX + 2));
    Job job = world.job(id);
    assertEquals(JobState.EXPIRED, job.state());
    assertEquals("16 miners were replaced", job.status().reason());
    assertEquals(Limits.REMATCHES_MAX, job.progress().rematches());
    assertEquals(job.refused().size(), job.refused().stream().distinct().count());
  }

  private static JobSpec leastBudget(World world) {
    JobSpec wish = Specs.spec(100);
    JobPlan plan = JobPlan.of(world.state(), World.PARAMETERS, world.now().height() + 1, 0, wish);
    long least = plan.costs().orElseThrow().total();
    return Specs.spec(100, new MoneySpec(least, 1L << 40, 0, Specs.HOUR));
  }

  @Test
  void j4DearerOfferBeyondTheEscrowExpiresTheJob() {
    World world = new World(PRICE, PRICE, PRICE, 9 * PRICE);
    JobId id = world.submit(leastBudget(world));
    world.work(world.accept(id, 1), world.accept(id, 2));
    world.idle(16);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertEquals(
        "the escrow does not cover the next offer for stage 0", world.job(id).status().reason());
  }

  @Test
  void j4TopUpPaysForADearerOffer() {
    World world = new World(PRICE, PRICE, PRICE, 9 * PRICE);
    JobId id = world.submit(leastBudget(world));
    world.work(world.accept(id, 1), world.accept(id, 2));
    world.done(World.DEVELOPER, new JobTopUp(id, World.NIM));
    world.idle(16);
    assertEquals(World.address(World.FIRST_MINER + 3), world.job(id).stages().getFirst().miner());
    world.work(world.accept(id, 0));
    world.work(world.open(id, 0), world.open(id, 1), world.open(id, 2));
    world.rounds(id);
    world.checkpoints(id);
    world.idle(12);
    assertEquals(JobState.COMPLETED, world.job(id).state());
    Job job = world.job(id);
    Earned replaced = job.stages().getFirst().earned();
    long expected = 0;
    for (int round = 0; round < job.rounds().count(); round++) {
      long operations = job.stages().getFirst().terms().operations(job.rounds(), round);
      expected += operations * 9 * PRICE / (1_000_000L * 3_600);
    }
    assertEquals(expected, replaced.gross());
  }

  @Test
  void j7RoundIsDueAfterThreeTimesItsMeteredLength() {
    World world = new World(PRICE, PRICE, PRICE);
    JobId id = world.submit(Specs.spec(1_000));
    world.start(id);
    Job job = world.job(id);
    // Ten tiny steps: the parameter decides.
    assertEquals(
        World.PARAMETERS.training().roundDue().after(job.status().since()), job.status().due());
    Rounds whole = new Rounds(job.rounds().steps(), job.rounds().steps());
    JobOrder o = job.order();
    Job asOneRound =
        new Job(
            id,
            new JobOrder(
                o.sender(),
                o.spec(),
                o.submitted(),
                o.beacon(),
                o.deadline(),
                whole,
                Optional.empty(),
                false),
            job.status(),
            job.progress(),
            job.stages(),
            List.of(),
            job.audits(),
            job.former(),
            job.events());
    long metered = 0;
    for (HeldStage stage : job.stages()) {
      metered += stage.terms().millis(stage.terms().operations(whole));
    }
    assertTrue(metered > 60_000, "%d ms".formatted(metered));
    assertEquals(
        new Moment(7 + 3 * metered, 8 + 30),
        RoundLength.due(asOneRound, new Moment(7, 8), World.PARAMETERS.training()));
  }

  private static World paused() {
    World world = new World(PRICE, PRICE, PRICE);
    JobId id = world.submit(Specs.spec(100, new MoneySpec(World.NIM, 1L << 40, 0, 140_000)));
    world.start(id);
    world.round(id);
    for (int miss = 0; miss < 2; miss++) {
      world.work(world.commit(id, 0), world.commit(id, 1));
      world.idle(30);
    }
    assertEquals(JobState.PAUSED, world.job(id).state());
    return world;
  }

  @Test
  void j9UnequalEdgesDoNotResumeAPausedJob() {
    World world = paused();
    JobId id = new JobId(1);
    Moment due = world.job(id).status().due();
    world.work(world.commit(id, 0), world.lie(id, 1), world.commit(id, 2));
    assertEquals(JobState.PAUSED, world.job(id).state());
    assertEquals(due, world.job(id).status().due());
    assertEquals(
        List.of(0, 1, 3), world.job(id).stages().stream().map(HeldStage::strikes).toList());
  }

  @Test
  void j9CancelOfAPausedJobIsImmediate() {
    World world = paused();
    JobId id = new JobId(1);
    world.done(World.DEVELOPER, new JobCancel(id));
    assertEquals(JobState.CANCELLED, world.job(id).state());
    assertEquals(3, world.job(id).earned().rounds());
  }

  @Test
  void j9DeadlineEndsAPausedJob() {
    World world = paused();
    world.blockMillis = 40_000;
    world.idle(2);
    assertEquals(JobState.EXPIRED, world.job(new JobId(1)).state());
    assertEquals("its deadline passed", world.job(new JobId(1)).status().reason());
  }

  @Test
  void j9FailedRoundOfACancelledJobEndsIt() {
    World world = new World(PRICE, PRICE, PRICE);
    JobId id = world.submit(Specs.spec(100));
    world.start(id);
    world.done(World.DEVELOPER, new JobCancel(id));
    world.work(world.commit(id, 0), world.lie(id, 1), world.commit(id, 2));
    assertEquals(JobState.CANCELLED, world.job(id).state());
    assertEquals(Earned.NOTHING, world.job(id).earned());
  }

  @Test
  void j3StruckMinersBondIsFreeAtOnce() {
    World world = new World(PRICE, PRICE, PRICE, PRICE);
    JobId id = world.submit(Specs.spec(100));
    world.work(world.accept(id, 1), world.accept(id, 2));
    world.idle(16);
    var refused = Accounts.get(world.state(), World.address(World.FIRST_MINER));
    assertEquals(0, refused.locked());
    var taker = Accounts.get(world.state(), World.address(World.FIRST_MINER + 3));
    assertTrue(taker.locked() > 0);
    assertEquals(taker.locked(), taker.bondTarget());
  }
}
