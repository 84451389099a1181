package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.JobCall.JobTopUp;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Bytes;
import nimble.ledger.Escrows;
import nimble.ledger.MoneyEpoch;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.MoneySpec;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// What the chain does when somebody is late, wrong, or changes his mind.
final class MissedDeadlinesTest {
  private static final long PRICE = 100_000_000;
  private final World world = new World(PRICE, 2 * PRICE, 3 * PRICE, 4 * PRICE);
  private final JobSpec spec = Specs.spec(100);

  private int strikes(int miner) {
    return Strikes.of(
        world.state(),
        World.address(World.FIRST_MINER + miner),
        MoneyEpoch.of(world.state()).number());
  }

  private String submitted(JobSpec rejected) {
    return world.rejection(World.DEVELOPER, new JobSubmit(rejected.encode()));
  }

  @Test
  void j1MalformedSpecIsRejectedWithItsReason() {
    assertEquals(
        "job spec: version 9, this node knows 1",
        world.rejection(World.DEVELOPER, new JobSubmit(Bytes.wrap(new byte[] {9}))));
    assertEquals(0, Jobs.count(world.state()));
  }

  @Test
  void j14BudgetMustCoverTheJob() {
    JobPlan plan = JobPlan.of(world.state(), World.PARAMETERS, world.now().height() + 1, 0, spec);
    long least = plan.costs().orElseThrow().total();
    assertEquals(Optional.empty(), plan.problem());
    JobSpec poor = Specs.spec(100, new MoneySpec(least - 1, 1L << 40, 0, Specs.HOUR));
    assertEquals(
        "money.budget must be at least %d, was %d nim-units".formatted(least, least - 1),
        submitted(poor));
    assertEquals(List.of(), Jobs.active(world.state()));
    world.submit(Specs.spec(100, new MoneySpec(least, 1L << 40, 0, Specs.HOUR)));
  }

  @Test
  void j14BudgetAboveTheBalanceIsRejected() {
    JobSpec dear = Specs.spec(100, new MoneySpec(Long.MAX_VALUE, 1L << 40, 0, Specs.HOUR));
    assertTrue(submitted(dear).startsWith("money.budget is 9223372036854775807, the balance "));
    assertEquals(0, Jobs.count(world.state()));
  }

  @Test
  void j3PriceCapThatNoOfferMeetsIsRejectedWithTheTable() {
    JobSpec cheap = Specs.spec(100, new MoneySpec(World.NIM, 5, 0, Specs.HOUR));
    assertTrue(
        submitted(cheap)
            .startsWith("no offer for stage 0: offer 1: price 100000000 an hour, at most 5; "));
  }

  @Test
  void j4WhoDoesNotAcceptIsReplaced() {
    JobId id = world.submit(spec);
    world.work(world.accept(id, 0), world.accept(id, 2));
    world.idle(13);
    assertEquals(World.address(World.FIRST_MINER + 1), world.job(id).stages().get(1).miner());
    world.idle(1);
    Job job = world.job(id);
    assertEquals(World.address(World.FIRST_MINER + 3), job.stages().get(1).miner());
    assertEquals(1, strikes(1));
    assertEquals(1, job.progress().rematches());
    assertTrue(job.stages().get(0).hasAccepted());
    assertFalse(job.stages().get(1).hasAccepted());
    world.work(world.accept(id, 1));
    world.work(world.open(id, 0), world.open(id, 1), world.open(id, 2));
    assertEquals(JobState.RUNNING, world.job(id).state());
  }

  @Test
  void j4WhoDoesNotOpenIsReplaced() {
    JobId id = world.submit(spec);
    world.work(world.accept(id, 0), world.accept(id, 1), world.accept(id, 2));
    world.work(world.open(id, 0), world.open(id, 1));
    world.idle(15);
    assertEquals(1, strikes(2));
    world.work(world.accept(id, 2));
    world.work(world.open(id, 2));
    assertEquals(JobState.RUNNING, world.job(id).state());
    assertEquals(World.address(World.FIRST_MINER + 3), world.job(id).stages().get(2).miner());
  }

  @Test
  void j4WithoutAnotherOfferTheJobExpiresAndTheMoneyReturns() {
    long before = world.balance(World.DEVELOPER);
    JobId id = world.submit(spec);
    final long fee = before - spec.money().budget() - world.balance(World.DEVELOPER);
    world.idle(40);
    Job job = world.job(id);
    assertEquals(JobState.EXPIRED, job.state());
    String reason = job.status().reason();
    assertTrue(reason.startsWith("stage 1: did not accept; no offer for stage 1: "), reason);
    assertEquals(before - fee, world.balance(World.DEVELOPER));
    for (int miner = 0; miner < 4; miner++) {
      assertEquals(
          Optional.empty(), Jobs.heldBy(world.state(), World.address(World.FIRST_MINER + miner)));
    }
  }

  @Test
  void j4ThreeStrikesExcludeForTenEpochs() {
    // Miner 0 is the cheapest, so every job asks it first; it never comes.
    for (int round = 0; round < 3; round++) {
      JobId id = world.submit(spec);
      world.work(world.accept(id, 1), world.accept(id, 2));
      world.idle(16);
      world.done(World.DEVELOPER, new JobCancel(id));
      world.idle(1);
    }
    assertEquals(3, strikes(0));
    JobId id = world.submit(spec);
    assertEquals(World.address(World.FIRST_MINER + 1), world.job(id).stages().get(0).miner());
    world.done(World.DEVELOPER, new JobCancel(id));
    world.blockMillis = World.PARAMETERS.consensus().epochMillis();
    world.idle(10);
    world.blockMillis = 1_000;
    assertEquals(0, strikes(0));
    JobId later = world.submit(spec);
    assertEquals(World.address(World.FIRST_MINER), world.job(later).stages().get(0).miner());
  }

  @Test
  void j4OnlyTheCommittedClassOpens() {
    JobId id = world.submit(spec);
    assertFalse(world.isOpen(world.open(id, 0)), "nobody accepted");
    world.work(world.accept(id, 0), world.accept(id, 1), world.accept(id, 2));
    assertFalse(world.isOpen(world.accept(id, 0)), "accepted already");
    assertFalse(world.isOpen(new ClassOpen(World.slot(id, 0), World.digest(1))), "another class");
    assertEquals(Optional.of(World.hotKey(World.FIRST_MINER)), world.signerOf(world.open(id, 0)));
    world.work(world.open(id, 0));
    assertFalse(world.isOpen(world.open(id, 0)), "opened already");
  }

  @Test
  void j7OnlyTheCurrentRoundIsOpen() {
    JobId id = world.submit(spec);
    world.start(id);
    RoundCommit first = world.commit(id, 0);
    world.work(first);
    assertFalse(world.isOpen(first), "filled");
    assertFalse(
        world.isOpen(
            new RoundCommit(
                new StageSlot(id, 1, 1),
                0,
                0,
                first.stateRootAfter(),
                first.stepsRoot(),
                first.leftRoot(),
                first.rightRoot(),
                first.lossBits(),
                first.validationLossBits())),
        "no second replica");
    RoundCommit last = world.commit(id, 2);
    assertFalse(world.isOpen(withoutLoss(last)), "the last stage brings the loss");
    world.work(world.commit(id, 1), last);
    assertEquals(1, world.job(id).progress().round());
    assertFalse(world.isOpen(first), "the next round is open");
    assertTrue(world.isOpen(world.commit(id, 0)));
  }

  private static RoundCommit withoutLoss(RoundCommit commit) {
    return new RoundCommit(
        commit.slot(),
        commit.round(),
        commit.attempt(),
        commit.stateRootAfter(),
        commit.stepsRoot(),
        commit.leftRoot(),
        commit.rightRoot(),
        OptionalInt.empty(),
        commit.validationLossBits());
  }

  @Test
  void j7UnequalEdgesCountForNobody() {
    JobId id = world.submit(spec);
    world.start(id);
    world.work(world.commit(id, 0), world.lie(id, 1), world.commit(id, 2));
    Job job = world.job(id);
    assertEquals(0, job.progress().round());
    assertEquals(1, job.progress().attempt());
    assertEquals(List.of(0, 1, 1), job.stages().stream().map(HeldStage::strikes).toList());
    assertEquals(JobState.RUNNING, job.state());
    assertEquals(Optional.empty(), Jobs.unsettled(world.state(), id, 0));
    world.round(id);
    assertEquals(1, world.job(id).progress().round());
  }

  @Test
  void j7OldCommitmentsCannotBeRepeatedInTheNextAttempt() {
    JobId id = world.submit(spec);
    world.start(id);
    RoundCommit lie = world.lie(id, 1);
    RoundCommit honest = world.commit(id, 0);
    world.work(honest, lie, world.commit(id, 2));
    assertFalse(world.isOpen(lie));
    assertFalse(world.isOpen(honest));
    assertTrue(world.isOpen(world.commit(id, 0)));
  }

  @Test
  void j9VanishedMinerPausesThenExpiresTheJob() {
    World world = new World(PRICE, 2 * PRICE, 3 * PRICE);
    final long before = world.balance(World.DEVELOPER);
    JobId id = world.submit(spec);
    final long fee = before - spec.money().budget() - world.balance(World.DEVELOPER);
    world.start(id);
    world.round(id);
    world.work(world.commit(id, 0), world.commit(id, 1));
    world.idle(30);
    assertEquals(1, world.job(id).progress().failures());
    assertEquals(
        List.of(0, 0, 1), world.job(id).stages().stream().map(HeldStage::strikes).toList());
    world.work(world.commit(id, 0), world.commit(id, 1));
    world.idle(30);
    assertEquals(JobState.PAUSED, world.job(id).state());
    world.idle(60);
    Job job = world.job(id);
    assertEquals(JobState.EXPIRED, job.state());
    String reason = job.status().reason();
    assertTrue(
        reason.startsWith("round 1: no commitment of stages [2]; no offer for stage 2: "), reason);
    assertEquals(2, Strikes.of(world.state(), job.stages().get(2).miner(), 0));
    assertEquals(1, job.stages().getFirst().earned().rounds(), "settled work is paid");
    long charges = 13 * World.PARAMETERS.block().slotCharge();
    assertEquals(before - fee - charges - job.earned().gross(), world.balance(World.DEVELOPER));
  }

  @Test
  void j27VanishedMinerIsReplacedAtItsSecondStrike() {
    JobId id = world.submit(spec);
    world.start(id);
    world.round(id);
    world.round(id);
    world.hold(id, 1);
    world.round(id);
    for (int miss = 0; miss < 2; miss++) {
      assertEquals(3, world.job(id).progress().round());
      world.work(world.commit(id, 0), world.commit(id, 1));
      world.idle(30);
    }
    Job job = world.job(id);
    assertEquals(JobState.MATCHED, job.state());
    assertEquals(2, job.progress().round(), "the newest resume point");
    assertEquals(3, job.progress().failures());
    assertEquals(World.address(World.FIRST_MINER + 3), job.stages().get(2).miner());
    assertEquals(2, strikes(2));
    assertFalse(world.story(id).contains("Slashed"));
    assertEquals(
        1,
        job.stages().get(2).checkpoint().orElseThrow().round(),
        "from there the new one goes on");
    world.resume(id);
    world.rounds(id);
    world.checkpoints(id);
    world.idle(12);
    job = world.job(id);
    assertEquals(JobState.COMPLETED, job.state());
    assertEquals(3, job.former().rounds());
    assertEquals(8, job.stages().get(2).earned().rounds());
    assertEquals(10, Jobs.record(world.state(), id).orElseThrow().sums().rounds());
  }

  @Test
  void j9CommittedRoundResumesAPausedJob() {
    World few = new World(PRICE, 2 * PRICE, 3 * PRICE);
    JobId id = few.submit(spec);
    few.start(id);
    for (int miss = 0; miss < 2; miss++) {
      few.work(few.commit(id, 0), few.commit(id, 1));
      few.idle(30);
    }
    assertEquals(JobState.PAUSED, few.job(id).state());
    few.work(few.commit(id, 0), few.commit(id, 1));
    assertEquals(JobState.PAUSED, few.job(id).state());
    few.work(few.commit(id, 2));
    assertEquals(JobState.RUNNING, few.job(id).state());
    assertTrue(few.story(id).contains("Resumed"));
    finish(few, id);
  }

  private static void finish(World world, JobId id) {
    world.rounds(id);
    world.checkpoints(id);
    world.idle(12);
    assertEquals(JobState.COMPLETED, world.job(id).state());
  }

  @Test
  void j9RoundsBegunAnewAreBounded() {
    JobId id = world.submit(spec);
    world.start(id);
    for (int failure = 0; failure < Limits.FAILURES_MAX; failure++) {
      world.work(world.commit(id, 0), world.lie(id, 1), world.commit(id, 2));
    }
    world.idle(1);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertEquals("16 rounds were begun anew", world.job(id).status().reason());
  }

  @Test
  void j9DeadlineEndsTheJobAndPaysWhatSettles() {
    JobId id = world.submit(Specs.spec(100, new MoneySpec(World.NIM, 1L << 40, 0, 100_000)));
    world.start(id);
    world.round(id);
    world.round(id);
    world.blockMillis = 100_000;
    world.idle(1);
    assertEquals(JobState.SETTLING, world.job(id).state());
    assertFalse(world.isOpen(world.commit(id, 0)));
    world.idle(10);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertEquals("its deadline passed", world.job(id).status().reason());
    assertEquals(2, world.job(id).stages().getFirst().earned().rounds());
  }

  @Test
  void j9CancelWaitsForTheRoundsEnd() {
    JobId id = world.submit(spec);
    world.start(id);
    assertEquals("job 1 is another account's", world.rejection(World.VALIDATOR, new JobCancel(id)));
    world.done(World.DEVELOPER, new JobCancel(id));
    assertEquals(JobState.RUNNING, world.job(id).state());
    assertEquals("job 1 ends already", world.rejection(World.DEVELOPER, new JobCancel(id)));
    world.round(id);
    assertEquals(JobState.SETTLING, world.job(id).state());
    world.idle(10);
    assertEquals(JobState.CANCELLED, world.job(id).state());
    assertEquals(1, world.job(id).stages().getFirst().earned().rounds());
    assertEquals("job 1 is CANCELLED", world.rejection(World.DEVELOPER, new JobCancel(id)));
    assertEquals(
        "there is no job 7", world.rejection(World.DEVELOPER, new JobCancel(new JobId(7))));
  }

  @Test
  void j9CancelBeforeTheStartIsImmediate() {
    JobId id = world.submit(spec);
    world.done(World.DEVELOPER, new JobCancel(id));
    assertEquals(JobState.CANCELLED, world.job(id).state());
    assertEquals(List.of(), Jobs.active(world.state()));
  }

  @Test
  void topUpAddsToTheEscrow() {
    JobId id = world.submit(spec);
    world.done(World.VALIDATOR, new JobTopUp(id, 5 * World.NIM));
    assertEquals(
        spec.money().budget() + 5 * World.NIM,
        Escrows.get(world.state(), id).orElseThrow().total());
    assertTrue(
        world
            .rejection(World.VALIDATOR, new JobTopUp(id, 1_000_000 * World.NIM))
            .startsWith("amount is "));
  }

  @Test
  void offersCountFromTheBlockAfterTheirOwn() {
    assertEquals(4, Candidates.all(world.state(), world.now().height() + 1, 0).size());
    assertEquals(3, Candidates.all(world.state(), world.now().height(), 0).size());
  }
}
