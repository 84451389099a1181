package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.JobCall.JobTopUp;
import nimble.chain.WorkCall;
import nimble.ledger.Accounts;
import nimble.ledger.Bonds;
import nimble.ledger.Escrows;
import nimble.training.matching.Terms;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// A miner is convicted of false work: what it loses, where the job goes on and who pays.
final class ConvictionTest {
  private static final long PRICE = 100_000_000;
  private static final int ROUNDS = 6;
  private static final Address FINDER = World.address(World.VALIDATOR);
  private static final JobSpec SPEC = Specs.spec(10 * ROUNDS);

  private static World spares(int spares) {
    long[] prices = new long[3 + spares];
    for (int i = 0; i < prices.length; i++) {
      prices[i] = PRICE * (i + 1);
    }
    return new World(prices);
  }

  private static Address miner(World world, JobId id, int stage) {
    return world.job(id).stages().get(stage).miner();
  }

  private static void convict(World world, JobId id, int stage) {
    Address miner = miner(world, id, stage);
    world.turn(id, turn -> Conviction.convict(turn, stage, miner, "is false", List.of(FINDER)));
  }

  /// `rounds` closed, with a resume point wherever one can be.
  private static JobId run(World world, int rounds) {
    JobId id = world.submit(SPEC);
    world.start(id);
    goOn(world, id, rounds);
    return id;
  }

  private static void goOn(World world, JobId id, int rounds) {
    for (int i = 0; i < rounds && world.job(id).state() == JobState.RUNNING; i++) {
      int round = world.job(id).progress().round();
      world.round(id);
      if (ResumePoints.at(world.state(), id, round).isPresent()) {
        world.hold(id, round);
      }
    }
  }

  private static void finish(World world, JobId id) {
    goOn(world, id, ROUNDS);
    world.idle(12);
    assertEquals(JobState.COMPLETED, world.job(id).state(), world.job(id).status().reason());
    assertEquals(List.of(), Replay.of(world.entries(id)).differences(world.job(id)));
    assertEquals(ROUNDS, Jobs.record(world.state(), id).orElseThrow().sums().rounds());
    for (int account = World.FIRST_MINER; account < World.FIRST_MINER + 4; account++) {
      assertEquals(0, Accounts.get(world.state(), World.address(account)).locked());
    }
  }

  @Test
  void j26JobGoesBackToTheNewestPointBeforeWhatIsContested() {
    for (int stage = 0; stage < 3; stage++) {
      for (int rounds = 0; rounds <= ROUNDS; rounds++) {
        World world = spares(1);
        JobId id = run(world, rounds);
        Job before = world.job(id);
        int earliest =
            Lineage.unsettled(world.state(), before).stream()
                .mapToInt(ClosedRound::round)
                .min()
                .orElse(rounds);
        convict(world, id, stage);
        Job after = world.job(id);
        // Points are after rounds 1, 3 and 5.
        assertEquals(
            earliest / 2 * 2, after.progress().round(), "after %d rounds".formatted(rounds));
        assertEquals(before.progress().failures() + 1, after.progress().failures());
        assertEquals(JobState.MATCHED, after.state());
        assertEquals(World.address(World.FIRST_MINER + 3), miner(world, id, stage));
        int from = after.progress().round();
        for (HeldStage held : after.stages()) {
          assertEquals(from == 0, held.checkpoint().isEmpty());
          assertEquals(from == 0, held.stateRoot().isEmpty());
          held.checkpoint().ifPresent(checkpoint -> assertEquals(from - 1, checkpoint.round()));
        }
        world.resume(id);
        finish(world, id);
      }
    }
  }

  @Test
  void j26ItsUnsettledRoundsAreUnpaidThoseOfOthersAreNot() {
    World world = spares(1);
    JobId id = run(world, 3);
    world.idle(5);
    convict(world, id, 1);
    for (ClosedRound round : Lineage.unsettled(world.state(), world.job(id))) {
      assertEquals(
          List.of(true, false, true), round.stages().stream().map(ClosedStage::payable).toList());
    }
    world.idle(12);
    world.resume(id);
    finish(world, id);
    long paid = world.story(id).stream().filter("Paid"::equals).count();
    int again = world.job(id).progress().closed() - ROUNDS;
    assertTrue(again > 0);
    assertEquals(3 * ROUNDS + 2 * again, paid);
  }

  @Test
  void j27SlashPaysForTheWorkAgainThenTheFinders() {
    World world = spares(1);
    JobId id = run(world, 3);
    Address liar = miner(world, id, 2);
    Terms terms = world.job(id).stages().getLast().terms();
    long bond = Bonds.lockOf(world.state(), World.slot(id, 2), liar).orElseThrow().amount();
    long escrow = Escrows.get(world.state(), id).orElseThrow().total();
    long vesting = Accounts.get(world.state(), FINDER).vesting();
    convict(world, id, 2);
    AuditEvent.Slashed slashed =
        world.entries(id).stream()
            .map(JobEntry::event)
            .filter(AuditEvent.Slashed.class::isInstance)
            .map(AuditEvent.Slashed.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(bond, slashed.amount());
    assertEquals(10 * terms.auditFee(), slashed.toFinders());
    assertEquals(vesting + 10 * terms.auditFee(), Accounts.get(world.state(), FINDER).vesting());
    // Rounds 0 to 2 of stages 0 and 1; those of stage 2 were not paid yet.
    long again = 0;
    for (int stage = 0; stage < 2; stage++) {
      Terms others = world.job(id).stages().get(stage).terms();
      again += 3 * others.price(others.operations(world.job(id).rounds(), 0));
    }
    assertTrue(slashed.toJob() >= again, "%d of %d".formatted(slashed.toJob(), again));
    assertEquals(escrow + slashed.toJob(), Escrows.get(world.state(), id).orElseThrow().total());
    assertEquals(Optional.empty(), Bonds.lockOf(world.state(), World.slot(id, 2), liar));
    assertEquals(Optional.empty(), Jobs.heldBy(world.state(), liar));
  }

  @Test
  void j26TwiceInOneJob() {
    World world = spares(2);
    JobId id = run(world, 3);
    convict(world, id, 2);
    world.resume(id);
    goOn(world, id, 3);
    convict(world, id, 2);
    world.resume(id);
    finish(world, id);
    assertEquals(2, world.job(id).progress().rematches());
    assertEquals(3, world.job(id).refused().size() + 1);
  }

  @Test
  void j26WhileTheNextMinerIsAwaited() {
    World world = spares(2);
    JobId id = run(world, 4);
    convict(world, id, 2);
    convict(world, id, 0);
    assertEquals(JobState.MATCHED, world.job(id).state());
    world.resume(id);
    finish(world, id);
  }

  @Test
  void j27WithNobodyToTakeTheStageTheJobPausesThenExpires() {
    World world = spares(0);
    JobId id = run(world, 3);
    convict(world, id, 1);
    Job job = world.job(id);
    assertEquals(JobState.PAUSED, job.state());
    assertTrue(job.isVacant(1));
    assertFalse(world.isOpen(world.commit(id, 1)), "it is out");
    assertTrue(world.isOpen(world.commit(id, 0)));
    world.idle(61);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertTrue(world.job(id).status().reason().startsWith("no offer for stage 1: "));
    assertEquals(2 * 3, world.job(id).earned().rounds(), "settled work is paid");
    assertEquals(List.of(), Replay.of(world.entries(id)).differences(world.job(id)));
  }

  @Test
  void j27OfferThatComesLaterIsTaken() {
    World world = new World(PRICE, 2 * PRICE, 3 * PRICE, 2_000_000_000);
    JobId id = run(world, 3);
    convict(world, id, 1);
    assertEquals(JobState.PAUSED, world.job(id).state());
    world.done(World.FIRST_MINER + 3, Specs.terms(1_000_000, 4 * PRICE));
    world.idle(Limits.SEEK_BLOCKS + 1);
    assertEquals(World.address(World.FIRST_MINER + 3), miner(world, id, 1));
    world.resume(id);
    finish(world, id);
  }

  @Test
  void j27NewMinerThatDoesNotComeIsReplacedToo() {
    World world = spares(2);
    JobId id = run(world, 3);
    convict(world, id, 1);
    world.idle(16);
    assertEquals(World.address(World.FIRST_MINER + 4), miner(world, id, 1));
    assertEquals(1, Strikes.of(world.state(), World.address(World.FIRST_MINER + 3), 0));
    world.resume(id);
    finish(world, id);
  }

  @Test
  void j9DeadlineEndsAJobThatWaitsForAMiner() {
    World world = spares(1);
    JobId id = world.submit(Specs.spec(60, new MoneySpec(World.NIM, 1L << 40, 0, 60_000)));
    world.start(id);
    goOn(world, id, 3);
    convict(world, id, 1);
    world.blockMillis = 60_000;
    world.idle(13);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertEquals("its deadline passed", world.job(id).status().reason());
    assertEquals(2 * 3, world.job(id).earned().rounds());
  }

  /// Nobody keeps copies, so that all is done again, and the slash of the cheapest stage does not
  /// pay for it.
  private static JobId poor(World world, long topUp) {
    return poor(world, topUp, -1);
  }

  /// @param held round after which others hold all stages' checkpoints; negative for none
  private static JobId poor(World world, long topUp, int held) {
    JobSpec wish = Specs.spec(250);
    JobPlan plan = JobPlan.of(world.state(), World.PARAMETERS, world.now().height() + 1, 0, wish);
    long least = plan.costs().orElseThrow().total();
    JobId id = world.submit(Specs.spec(250, new MoneySpec(least, 1L << 40, 0, Specs.HOUR)));
    world.done(World.DEVELOPER, new JobTopUp(id, topUp));
    world.start(id);
    for (int i = 0; i < 24; i++) {
      world.round(id);
      if (i == held) {
        world.hold(id, held);
      }
    }
    return id;
  }

  /// Who trained so far can take it from there: every stage's checkpoint is still on chain.
  @Test
  void j27JobThatFailsNamesItsLastResumePoint() {
    World world = spares(1);
    JobId id = poor(world, 0, 1);
    convict(world, id, 0);
    assertEquals(
        "the escrow does not cover the work again; its last resume point is after round 1",
        world.job(id).status().reason());
    world.idle(15);
    assertEquals(JobState.FAILED, world.job(id).state());
    ResumePoint last = ResumePoints.before(world.state(), id, Integer.MAX_VALUE).orElseThrow();
    assertEquals(1, last.round());
    for (int stage = 0; stage < 3; stage++) {
      Checkpoint checkpoint = last.checkpoint(stage).orElseThrow();
      assertEquals(Specs.hash("checkpoint %d 1".formatted(stage)), checkpoint.manifest());
    }
  }

  private static long missing() {
    World world = spares(1);
    JobId id = poor(world, 0);
    long[] missing = new long[1];
    world.turn(
        id,
        turn -> {
          Conviction.convict(turn, 0, turn.stage(0).miner(), "is false", List.of());
          missing[0] = -Money.of(turn).spare(turn);
        });
    Job job = world.job(id);
    assertEquals(JobState.SETTLING, job.state());
    assertEquals(Optional.of(JobState.FAILED), job.status().ending());
    assertEquals(
        "the escrow does not cover the work again; it has no resume point", job.status().reason());
    world.idle(15);
    assertEquals(JobState.FAILED, world.job(id).state());
    assertEquals(2 * 24, world.job(id).earned().rounds() - settledOfLiar(world, id));
    return missing[0];
  }

  private static int settledOfLiar(World world, JobId id) {
    return world.job(id).stages().getFirst().earned().rounds();
  }

  @Test
  void j27TheBudgetDecidesWhetherTheWorkIsDoneAgain() {
    long missing = missing();
    assertTrue(missing > 0);
    World oneShort = spares(1);
    JobId short1 = poor(oneShort, missing - 1);
    convict(oneShort, short1, 0);
    assertEquals(Optional.of(JobState.FAILED), oneShort.job(short1).status().ending());
    // The next miner is four times as dear.
    World enough = spares(1);
    JobId id = poor(enough, missing);
    convict(enough, id, 0);
    assertEquals(
        "the escrow does not cover another miner; it has no resume point",
        enough.job(id).status().reason());
    World rich = spares(1);
    JobId last = poor(rich, World.NIM);
    convict(rich, last, 0);
    rich.resume(last);
    rich.rounds(last);
    rich.checkpoints(last);
    rich.idle(15);
    assertEquals(JobState.COMPLETED, rich.job(last).state());
    assertEquals(25, Jobs.record(rich.state(), last).orElseThrow().sums().rounds());
  }

  @Test
  void j26OldCallsFillNoSlotOfARedoneRound() {
    World world = spares(1);
    JobId id = run(world, 3);
    WorkCall oldCommit = world.commit(id, 2);
    world.work(oldCommit);
    WorkCall oldRecord = world.checkpoint(id, 2, 1);
    WorkCall oldCopy = world.kept(id, 2, 1, World.address(World.FIRST_MINER));
    WorkCall oldAccept = world.accept(id, 2);
    convict(world, id, 1);
    assertFalse(world.isOpen(oldAccept));
    world.resume(id);
    world.round(id);
    world.round(id);
    assertFalse(world.isOpen(oldCommit), "of an older attempt");
    assertFalse(world.isOpen(oldRecord));
    assertFalse(world.isOpen(oldCopy));
    WorkCall record = world.checkpoint(id, 2, 1);
    WorkCall copy = world.kept(id, 2, 1, World.address(World.FIRST_MINER));
    assertTrue(world.isOpen(record));
    assertFalse(world.isOpen(copy), "there is nothing to hold");
    world.work(record);
    assertFalse(world.isOpen(record));
    assertFalse(
        world.isOpen(world.kept(id, 2, 1, World.address(World.FIRST_MINER + 2))), "its own copy");
    assertFalse(
        world.isOpen(world.kept(id, 2, 1, World.address(World.FIRST_MINER + 1))),
        "not its custodian");
    assertEquals(Optional.of(World.hotKey(World.FIRST_MINER)), world.signerOf(copy));
    world.work(copy);
    assertFalse(world.isOpen(copy));
  }

  @Test
  void j28FormerMinersBondAnswersUntilItsRoundsAreSettled() {
    World world = spares(1);
    JobId id = run(world, 3);
    Address former = miner(world, id, 1);
    world.turn(id, turn -> strikeOut(turn, 1));
    assertEquals(World.address(World.FIRST_MINER + 3), miner(world, id, 1));
    assertEquals(2, world.job(id).progress().round(), "the newest point");
    assertTrue(Bonds.lockOf(world.state(), World.slot(id, 1), former).isPresent());
    assertEquals(Optional.empty(), Jobs.heldBy(world.state(), former));
    world.resume(id);
    world.idle(12);
    assertEquals(Optional.empty(), Bonds.lockOf(world.state(), World.slot(id, 1), former));
    assertEquals(3, world.job(id).former().rounds(), "it is paid");
    finish(world, id);
  }

  private static void strikeOut(Turn turn, int stage) {
    turn.strike(stage, "J31", "deviates");
    turn.strike(stage, "J31", "deviates");
    Rematch.struckOut(turn);
  }

  @Test
  void j28FormerMinerIsSlashedForWhatItDid() {
    World world = spares(2);
    JobId id = run(world, 3);
    Address former = miner(world, id, 1);
    world.turn(id, turn -> strikeOut(turn, 1));
    Address present = miner(world, id, 1);
    world.turn(id, turn -> Conviction.convict(turn, 1, former, "is false", List.of()));
    Job job = world.job(id);
    assertEquals(present, miner(world, id, 1));
    assertEquals(JobState.MATCHED, job.state());
    assertEquals(0, job.progress().round(), "rounds 0 and 1 are the former miner's");
    assertEquals(Optional.empty(), Bonds.lockOf(world.state(), World.slot(id, 1), former));
    world.resume(id);
    finish(world, id);
    assertEquals(0, world.job(id).former().rounds());
  }

  @Test
  void j26WhatTheJobWentBackOverDoesNotCount() {
    World world = spares(2);
    JobId id = run(world, 2);
    world.idle(11);
    world.round(id);
    Address former = miner(world, id, 1);
    world.turn(id, turn -> strikeOut(turn, 1));
    assertEquals(2, world.job(id).progress().round());
    world.resume(id);
    world.round(id);
    // Round 2 of the former miner is not what the job is made of any more.
    world.turn(id, turn -> Conviction.convict(turn, 1, former, "is false", List.of()));
    assertEquals(3, world.job(id).progress().round());
    assertEquals(JobState.RUNNING, world.job(id).state());
    finish(world, id);
  }

  @Test
  void j26CancelledJobDoesNotGoOn() {
    World world = spares(1);
    JobId id = run(world, 3);
    world.turn(id, turn -> turn.set(turn.job().with(turn.job().progress().cancel())));
    convict(world, id, 1);
    assertEquals(JobState.SETTLING, world.job(id).state());
    world.idle(12);
    assertEquals(JobState.CANCELLED, world.job(id).state());
    assertEquals(2 * 3, world.job(id).earned().rounds());
  }
}
