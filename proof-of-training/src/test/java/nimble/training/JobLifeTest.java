package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.JobCall.JobSubmit;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.ledger.Accounts;
import nimble.ledger.Bonds;
import nimble.ledger.Escrows;
import nimble.sim.Conformance;
import nimble.training.matching.AuditRate;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StageNeed;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// One job that goes well, from submission to the end.
final class JobLifeTest {
  private static final long PRICE = 100_000_000;
  private final World world = new World(PRICE, 2 * PRICE, 3 * PRICE, 4 * PRICE);
  private final JobSpec spec = Specs.spec(25);

  @Test
  void j3SubmissionMatchesAtOnceAndLocksBonds() {
    JobId id = world.submit(spec);
    Job job = world.job(id);
    assertEquals(new JobId(1), id);
    assertEquals(JobState.MATCHED, job.state());
    assertEquals(List.of(id), Jobs.active(world.state()));
    assertEquals(Optional.of(spec), Jobs.spec(world.state(), id));
    assertEquals(spec.hash(), job.order().spec());
    for (int stage = 0; stage < 3; stage++) {
      assertEquals(World.address(World.FIRST_MINER + stage), job.stages().get(stage).miner());
      long bond =
          Bonds.lockOf(world.state(), job.slot(stage), job.stages().get(stage).miner())
              .orElseThrow()
              .amount();
      HeldStage held = job.stages().get(stage);
      long stepPay = held.terms().price(held.terms().stepOperations()) + 1;
      long cost = AuditRate.cost(stepPay, World.PARAMETERS.money());
      assertEquals(World.PARAMETERS.training().bondSteps() * cost, bond);
      assertEquals(Optional.of(id), Jobs.heldBy(world.state(), held.miner()));
    }
    assertEquals(spec.money().budget(), Escrows.get(world.state(), id).orElseThrow().total());
  }

  @Test
  void j9WholeLife() {
    long before = world.balance(World.DEVELOPER);
    JobId id = world.submit(spec);
    final long fee = before - spec.money().budget() - world.balance(World.DEVELOPER);
    world.start(id);
    world.rounds(id);
    assertEquals(JobState.SETTLING, world.job(id).state());
    world.checkpoints(id);
    world.idle(12);
    Job job = world.job(id);
    assertEquals(JobState.COMPLETED, job.state());
    assertEquals(List.of(), Jobs.active(world.state()));
    assertEquals(Optional.empty(), Escrows.get(world.state(), id));
    // 3 accepts, 3 openings, 9 commitments, 3 checkpoints.
    long charges = 18 * World.PARAMETERS.block().slotCharge();
    long gross = job.earned().gross();
    assertEquals(before - fee - charges - gross, world.balance(World.DEVELOPER));
    for (int stage = 0; stage < 3; stage++) {
      HeldStage held = job.stages().get(stage);
      assertEquals(Optional.empty(), Bonds.lockOf(world.state(), job.slot(stage), held.miner()));
      assertEquals(Optional.empty(), Jobs.heldBy(world.state(), held.miner()));
      assertEquals(held.earned().net(), Accounts.get(world.state(), held.miner()).vesting());
    }
  }

  @Test
  void j6PayIsOperationsTimesPriceAndATenthIsBurned() {
    JobId id = world.submit(spec);
    world.start(id);
    world.rounds(id);
    world.checkpoints(id);
    world.idle(12);
    Job job = world.job(id);
    StageNeed need = StageNeed.of(spec).get(1);
    long expected = 0;
    long fees = 0;
    for (int round = 0; round < 3; round++) {
      long pay = need.operations(job.rounds(), round) * 2 * PRICE / (1_000_000L * 3_600);
      expected += pay;
      fees += pay / 10;
    }
    Earned earned = job.stages().get(1).earned();
    assertTrue(expected > 0);
    assertEquals(expected, earned.gross());
    assertEquals(fees, earned.fee());
    assertEquals(need.operations(job.rounds()), earned.operations());
    assertEquals(3, earned.rounds());
  }

  @Test
  void j10PayWaitsForTheWindow() {
    JobId id = world.submit(spec);
    world.start(id);
    world.round(id);
    ClosedRound closed = Jobs.unsettled(world.state(), id, 0).orElseThrow();
    assertEquals(World.PARAMETERS.training().window().after(world.now()), closed.settles());
    // 5 s and 10 blocks: the blocks decide here.
    world.idle(9);
    assertEquals(Earned.NOTHING, world.job(id).earned());
    world.idle(1);
    assertEquals(1, world.job(id).stages().getFirst().earned().rounds());
    assertEquals(Optional.empty(), Jobs.unsettled(world.state(), id, 0));
    assertEquals(1, world.job(id).progress().settled());
  }

  @Test
  void j10CompletionWaitsForEveryCheckpoint() {
    JobId id = world.submit(spec);
    world.start(id);
    world.rounds(id);
    world.work(world.checkpoint(id, 0, 2), world.checkpoint(id, 1, 2));
    world.idle(20);
    assertEquals(JobState.SETTLING, world.job(id).state());
    world.work(world.checkpoint(id, 2, 2));
    assertEquals(JobState.COMPLETED, world.job(id).state());
  }

  @Test
  void j10MissingCheckpointFailsTheJobAndWorkIsPaidAllTheSame() {
    JobId id = world.submit(spec);
    world.start(id);
    world.rounds(id);
    world.work(world.checkpoint(id, 0, 2), world.checkpoint(id, 1, 2));
    world.idle(70);
    Job job = world.job(id);
    assertEquals(JobState.FAILED, job.state());
    assertEquals(3, job.stages().get(2).earned().rounds());
    assertEquals(1, Strikes.of(world.state(), job.stages().get(2).miner(), 0));
    assertEquals(0, Strikes.of(world.state(), job.stages().get(1).miner(), 0));
    assertTrue(Jobs.record(world.state(), id).orElseThrow().modelTrained().manifest().isEmpty());
  }

  @Test
  void j13CheckpointsAtTheirRoundsOnly() {
    JobId id = world.submit(Specs.spec(60));
    world.start(id);
    world.round(id);
    assertFalse(world.isOpen(world.checkpoint(id, 0, 0)), "not at the cadence");
    assertFalse(world.isOpen(world.checkpoint(id, 0, 1)), "not closed yet");
    world.round(id);
    assertTrue(world.isOpen(world.checkpoint(id, 0, 1)));
    world.work(world.checkpoint(id, 0, 1));
    assertFalse(world.isOpen(world.checkpoint(id, 0, 1)), "filled");
    assertTrue(world.isOpen(world.checkpoint(id, 1, 1)));
  }

  @Test
  void j11EventsTellTheStoryAndAreProven() throws Malformed {
    JobId id = world.submit(spec);
    world.start(id);
    world.rounds(id);
    world.checkpoints(id);
    world.idle(12);
    List<String> story = world.story(id);
    assertEquals(
        List.of("Submitted", "Matched", "Matched", "Matched", "Accepted"), story.subList(0, 5));
    assertEquals("Ended", story.getLast());
    assertEquals(9, story.stream().filter("Paid"::equals).count());
    List<JobEntry> entries = world.entries(id);
    MerkleMountainRange range = world.job(id).events();
    assertEquals(entries.size(), range.size());
    for (int i = 0; i < entries.size(); i++) {
      JobEntry entry = entries.get(i);
      assertEquals(i, entry.sequence());
      assertTrue(range.holds(entry.encode(), i, JobEntry.path(entries, i)));
      assertEquals(entry, Reader.decode(entry.encode(), JobEntry::read));
    }
  }

  @Test
  void j12RecordHoldsTheNineFields() {
    JobId id = world.submit(spec);
    long submitted = world.now().timeMillis();
    world.start(id);
    world.blockMillis = 60_000;
    world.rounds(id);
    JobRecord running = Jobs.record(world.state(), id).orElseThrow();
    assertEquals(JobState.SETTLING, running.sums().state());
    world.checkpoints(id);
    world.idle(12);
    JobRecord record = Jobs.record(world.state(), id).orElseThrow();
    assertEquals(submitted, record.dateTime());
    assertEquals(3, record.gpuUsed().size());
    assertEquals(Optional.of(World.digest(1)), record.gpuUsed().get(1).numericClass());
    assertEquals("miner 1", record.gpuProvider().get(1).displayName());
    assertEquals(World.address(World.FIRST_MINER + 1), record.gpuProvider().get(1).miner());
    assertEquals("tiny", record.modelTrained().name());
    assertEquals(spec.hash(), record.modelTrained().spec());
    assertTrue(record.modelTrained().manifest().isPresent());
    assertEquals(spec.training(), record.modelParameters().hyperparameters());
    assertEquals(spec.model().settings(), record.modelParameters().settings());
    assertEquals(spec.model().parameters(), record.modelParameters().parameters());
    assertEquals("tests", record.theme());
    assertEquals(new JobRecord.TimeTraining(180, 3), record.timeTraining());
    assertEquals(record.sums().earned().gross() * 20, record.gpuPricePerHour());
    assertEquals(World.address(World.DEVELOPER), record.senderAddress());
    assertEquals(3, record.sums().rounds());
    assertEquals(OptionalInt.of(1_000), record.sums().firstLoss());
    assertEquals(new Losses(OptionalInt.of(998), OptionalInt.of(1_998)), record.sums().losses());
    assertTrue(record.encode().size() <= JobRecord.SIZE_MAX);
    Conformance.check(JobLifeTest.class, "job-record", record, JobRecord::write, JobRecord::read);
    assertEquals(
        Optional.of(record.encode()), world.state().get(Jobs.recordKey(id)), "stands in state");
  }

  @Test
  void j12RecordsOfManyStagesStayShort() {
    JobId id = world.submit(spec);
    Job job = world.job(id);
    List<HeldStage> many = Collections.nCopies(64, job.stages().getFirst());
    JobRecord record = JobRecord.of(world.state(), job.withStages(many));
    assertTrue(record.encode().size() <= JobRecord.SIZE_MAX);
    assertTrue(record.gpuUsed().size() > 8);
    assertEquals(64, record.sums().stages());
  }

  @Test
  void aSecondJobTakesTheMinersThatAreFree() {
    World busy = new World(PRICE, PRICE, PRICE, PRICE, PRICE, PRICE);
    JobId first = busy.submit(spec);
    JobId second = busy.submit(spec);
    assertEquals(List.of(first, second), Jobs.active(busy.state()));
    assertTrue(
        busy.rejection(World.DEVELOPER, new JobSubmit(spec.encode()))
            .contains("holds a stage of job 1"));
    busy.start(first);
    busy.start(second);
    busy.rounds(second);
    busy.checkpoints(second);
    busy.idle(12);
    assertEquals(JobState.COMPLETED, busy.job(second).state());
    busy.submit(spec);
  }
}
