package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.genesis.Parameters;
import nimble.genesis.TrainingParameters;
import nimble.training.spec.DataSpec;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.vm.Cuts;
import org.junit.jupiter.api.Test;

/// Who holds checkpoints, who is late with them, and what waits for them. Nothing is drawn here.
final class CustodyTest {
  private static final long PRICE = 100_000_000;
  private static final long STAKE = 1_000 * World.NIM;
  private static final int ACCEPT = 15;
  private static final Address KEEPER = World.address(World.VALIDATOR);

  private World world = world(4);
  private JobId id = begin(Specs.spec(100));

  /// Work is checked, though at a rate of 0.
  private static Parameters parameters() {
    TrainingParameters training = Specs.PARAMETERS.training();
    return Specs.PARAMETERS.with(training.withAuditRates(0, 0).withAuditors(2));
  }

  private static World world(int miners) {
    long[] prices = new long[miners];
    for (int i = 0; i < miners; i++) {
      prices[i] = PRICE * (i + 1);
    }
    return new World(parameters(), new long[] {STAKE, STAKE, STAKE}, prices);
  }

  private JobId begin(JobSpec spec) {
    JobId submitted = world.submit(spec);
    new Panel(world, submitted).start();
    return submitted;
  }

  private Address miner(int stage) {
    return world.job(id).stages().get(stage).miner();
  }

  private List<Integer> strikes() {
    return world.job(id).stages().stream().map(HeldStage::strikes).toList();
  }

  private void twoRounds() {
    world.round(id);
    world.round(id);
  }

  private void record(int round) {
    for (int stage = 0; stage < world.job(id).stages().size(); stage++) {
      world.work(world.checkpoint(id, stage, round));
    }
  }

  private boolean isReached(int round) {
    return ResumePoints.at(world.state(), id, round).orElseThrow().isReached();
  }

  @Test
  void j25OneOfTwoCustodiansOfEachStageSuffices() {
    twoRounds();
    assertFalse(world.isOpen(world.kept(id, 0, 1, KEEPER)), "nothing is recorded");
    record(1);
    assertFalse(world.isOpen(world.kept(id, 0, 1, miner(0))), "its own");
    assertFalse(world.isOpen(world.kept(id, 0, 1, miner(2))), "not the next stage");
    assertFalse(
        world.isOpen(world.kept(id, 0, 1, World.address(world.validators.get(1)))),
        "not the keeper");
    assertEquals(
        Optional.of(World.hotKey(World.VALIDATOR)), world.signerOf(world.kept(id, 0, 1, KEEPER)));
    world.work(world.kept(id, 0, 1, KEEPER));
    assertFalse(world.isOpen(world.kept(id, 0, 1, KEEPER)), "filled");
    world.work(world.kept(id, 1, 1, miner(2)));
    assertTrue(world.isOpen(world.kept(id, 1, 1, KEEPER)), "for when the first leaves");
    assertFalse(isReached(1));
    world.work(world.kept(id, 2, 1, miner(0)));
    assertTrue(isReached(1));
    assertEquals("ResumePointReached", world.story(id).getLast());
    assertTrue(world.isOpen(world.kept(id, 0, 1, miner(1))), "its copy is still awaited");
  }

  @Test
  void j25PayWaitsUntilOthersHoldTheState() {
    twoRounds();
    world.round(id);
    world.idle(14);
    assertEquals(2, world.job(id).progress().settled(), "rounds 0 and 1 need no point");
    world.hold(id, 1);
    world.idle(1);
    assertEquals(3, world.job(id).progress().settled());
  }

  @Test
  void j25WhoDoesNotRecordIsStruckOncePerCheckpoint() {
    twoRounds();
    world.work(world.checkpoint(id, 0, 1), world.checkpoint(id, 1, 1));
    world.work(world.kept(id, 0, 1, miner(1)), world.kept(id, 1, 1, miner(2)));
    world.idle(ACCEPT);
    assertEquals(List.of(0, 0, 1), strikes());
    world.idle(ACCEPT - 4);
    assertEquals(List.of(0, 0, 1), strikes());
    world.work(world.checkpoint(id, 2, 1));
    world.work(world.kept(id, 2, 1, KEEPER));
    assertTrue(isReached(1), "late, but it counts");
  }

  @Test
  void j25NextMinerIsStruckWhenTheKeeperHasWhatItHasNot() {
    twoRounds();
    record(1);
    for (int stage = 0; stage < 3; stage++) {
      world.work(world.kept(id, stage, 1, KEEPER));
    }
    world.work(world.kept(id, 1, 1, miner(2)), world.kept(id, 2, 1, miner(0)));
    world.idle(ACCEPT);
    assertEquals(List.of(0, 1, 0), strikes());
    assertTrue(world.isOpen(world.kept(id, 0, 1, miner(1))), "late, and still of use");
  }

  @Test
  void j25WhoseCheckpointReachesNobodyIsStruckItself() {
    twoRounds();
    record(1);
    world.work(world.kept(id, 1, 1, miner(2)), world.kept(id, 2, 1, miner(0)));
    world.idle(ACCEPT);
    assertEquals(List.of(1, 0, 0), strikes());
  }

  @Test
  void j27CustodianThatNeverSignsIsReplaced() {
    Address lazy = miner(1);
    for (int round = 1; round <= 3; round += 2) {
      twoRounds();
      record(round);
      for (int stage = 0; stage < 3; stage++) {
        world.work(world.kept(id, stage, round, KEEPER));
      }
      world.work(world.kept(id, 1, round, miner(2)), world.kept(id, 2, round, miner(0)));
      world.idle(ACCEPT);
    }
    Job job = world.job(id);
    assertEquals(JobState.MATCHED, job.state());
    assertEquals(4, job.progress().round(), "nothing is lost");
    assertTrue(job.refused().contains(lazy));
    assertFalse(Jobs.isOpening(world.state(), id), "its class may need auditors");
  }

  @Test
  void j25ModelIsDoneWhenOthersHoldIt() {
    while (world.job(id).state() == JobState.RUNNING) {
      int round = world.job(id).progress().round();
      world.round(id);
      if (round % 2 == 1 && round < 9) {
        world.hold(id, round);
      }
    }
    record(9);
    world.idle(10);
    assertEquals(JobState.SETTLING, world.job(id).state());
    for (int stage = 0; stage < 3; stage++) {
      world.work(world.kept(id, stage, 9, KEEPER));
    }
    assertEquals(JobState.COMPLETED, world.job(id).state());
    assertEquals(
        List.of(9),
        ResumePoints.of(world.state(), id).stream().map(ResumePoint::round).toList(),
        "the last one remains");
    assertEquals(List.of(), Replay.of(world.entries(id)).differences(world.job(id)));
  }

  @Test
  void j26JobThatIsDoneDoesNotGoBack() {
    while (world.job(id).state() == JobState.RUNNING) {
      int round = world.job(id).progress().round();
      world.round(id);
      if (round % 2 == 1) {
        world.hold(id, round);
      }
    }
    world.turn(
        id,
        turn -> {
          turn.strike(1, "J31", "deviates");
          turn.strike(1, "J31", "deviates");
          Rematch.struckOut(turn);
        });
    assertEquals(JobState.SETTLING, world.job(id).state());
    world.idle(12);
    assertEquals(JobState.COMPLETED, world.job(id).state());
  }

  @Test
  void j10ModelThatNobodyHoldsFailsTheJobAndWorkIsPaidAllTheSame() {
    world = world(3);
    id = begin(Specs.spec(50));
    for (int i = 0; i < 4; i++) {
      world.round(id);
      if (i == 1) {
        world.hold(id, 1);
      }
    }
    record(3);
    world.round(id);
    assertEquals(JobState.SETTLING, world.job(id).state());
    world.idle(75);
    Job job = world.job(id);
    assertEquals(JobState.FAILED, job.state());
    assertEquals(
        "a stage's last checkpoint is missing; its last resume point is after round 1",
        job.status().reason());
    assertEquals(15, job.earned().rounds());
    assertEquals(List.of(), Replay.of(world.entries(id)).differences(job));
  }

  @Test
  void j25OldPointsAreForgotten() {
    for (int round = 1; round < 8; round += 2) {
      twoRounds();
      world.hold(id, round);
      world.idle(12);
    }
    assertEquals(
        List.of(7), ResumePoints.of(world.state(), id).stream().map(ResumePoint::round).toList());
  }

  private static JobSpec alone() {
    return new JobSpec(
        "one",
        "tests",
        Specs.MODEL,
        new DataSpec(Specs.hash("data"), 1_000, 900),
        Specs.training(40),
        new Cuts(List.of()),
        Optional.empty(),
        new MoneySpec(1_000_000_000, 1_000_000_000, 0, Specs.HOUR));
  }

  @Test
  void j25StageThatIsAloneHasTheKeeper() {
    id = begin(alone());
    twoRounds();
    record(1);
    assertFalse(isReached(1));
    world.work(world.kept(id, 0, 1, KEEPER));
    assertTrue(isReached(1));
    world.idle(ACCEPT + 1);
    assertEquals(List.of(0), strikes());
  }

  @Test
  void j25WithoutAuditorsAStageThatIsAloneHoldsItsOwn() {
    world = new World(PRICE);
    id = world.submit(alone());
    world.start(id);
    twoRounds();
    record(1);
    assertTrue(isReached(1));
  }
}
