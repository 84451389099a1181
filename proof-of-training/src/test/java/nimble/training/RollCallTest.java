package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.WorkCall.JobAccept;
import nimble.ledger.Escrows;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// A round is due and nobody committed: who is there?
final class RollCallTest {
  private static final long PRICE = 100_000_000;
  private final World world = new World(PRICE, 2 * PRICE, 3 * PRICE, 4 * PRICE);
  private final JobSpec spec = Specs.spec(100);

  /// Three rounds are closed, others hold the state after the second, and nobody commits any more.
  private JobId called(World world) {
    JobId id = world.submit(spec);
    world.start(id);
    world.round(id);
    world.round(id);
    world.hold(id, 1);
    world.round(id);
    assertEquals(JobState.RUNNING, world.job(id).state());
    world.idle(30);
    assertEquals(JobState.MATCHED, world.job(id).state());
    return id;
  }

  private static List<Integer> strikes(World world, JobId id) {
    return world.job(id).stages().stream().map(HeldStage::strikes).toList();
  }

  private static List<Address> miners(World world, JobId id) {
    return world.job(id).stages().stream().map(HeldStage::miner).toList();
  }

  private static void finish(World world, JobId id) {
    world.rounds(id);
    world.checkpoints(id);
    world.idle(12);
    assertEquals(JobState.COMPLETED, world.job(id).state());
    assertEquals(List.of(), Replay.of(world.entries(id)).differences(world.job(id)));
  }

  @Test
  void j29WhoAcceptsAgainGoesOnUnstruck() {
    JobId id = called(world);
    List<Address> before = miners(world, id);
    Job job = world.job(id);
    assertEquals(3, job.progress().round(), "progress is kept");
    assertEquals(1, job.progress().attempt());
    assertFalse(job.stages().stream().anyMatch(HeldStage::hasAccepted));
    assertTrue(job.allOpened(), "classes too");
    assertEquals(List.of(0, 0, 0), strikes(world, id));
    world.work(world.accept(id, 2), world.accept(id, 0));
    assertEquals(JobState.MATCHED, world.job(id).state());
    world.work(world.accept(id, 1));
    assertEquals(JobState.RUNNING, world.job(id).state(), "no class is to be shown again");
    finish(world, id);
    assertEquals(before, miners(world, id));
    assertFalse(world.story(id).contains("Struck"));
    assertFalse(world.story(id).contains("WentBack"));
    assertEquals(10, world.job(id).stages().getFirst().earned().rounds());
  }

  @Test
  void j29OnlyWhoStaysAwayIsStruckAndReplaced() {
    JobId id = called(world);
    Address gone = miners(world, id).get(1);
    world.work(world.accept(id, 0), world.accept(id, 2));
    world.idle(15);
    Job job = world.job(id);
    assertEquals(JobState.MATCHED, job.state());
    assertEquals(World.address(World.FIRST_MINER + 3), job.stages().get(1).miner());
    assertEquals(2, job.progress().round(), "the newest resume point");
    assertEquals(1, Strikes.of(world.state(), gone, 0));
    assertEquals(List.of(0, 0, 0), strikes(world, id));
    assertFalse(world.isOpen(world.accept(id, 0)), "that one is there");
    world.resume(id);
    finish(world, id);
    assertEquals(1, world.story(id).stream().filter("Struck"::equals).count());
  }

  @Test
  void j29OldWordsCannotBeRepeated() {
    JobId id = world.submit(spec);
    JobAccept first = world.accept(id, 0);
    world.start(id);
    world.idle(31);
    assertFalse(world.isOpen(first));
    JobAccept again = world.accept(id, 0);
    assertTrue(world.isOpen(again));
    assertFalse(
        world.isOpen(new JobAccept(again.slot(), again.attempt(), Specs.hash("another class"))));
    assertFalse(world.isOpen(world.commit(id, 0)));
    world.work(again);
    assertFalse(world.isOpen(again), "filled");
    assertFalse(world.isOpen(world.open(id, 0)), "shown already");
  }

  @Test
  void j29WithoutASpareItIsNeverTooLate() {
    World few = new World(PRICE, 2 * PRICE, 3 * PRICE);
    JobId id = called(few);
    few.work(few.accept(id, 0), few.accept(id, 1));
    few.idle(15);
    assertEquals(JobState.PAUSED, few.job(id).state());
    assertEquals(List.of(0, 0, 1), strikes(few, id));
    String reason = few.job(id).status().reason();
    assertTrue(reason.startsWith("stages [2]: did not accept; no offer for stage 2: "), reason);
    few.idle(20);
    assertTrue(few.isOpen(few.commit(id, 0)));
    assertFalse(few.isOpen(few.commit(id, 2)), "it accepts first");
    few.work(few.accept(id, 2));
    assertEquals(JobState.RUNNING, few.job(id).state());
    assertEquals(3, few.job(id).progress().round());
    finish(few, id);
    assertEquals(List.of(0, 0, 1), strikes(few, id));
  }

  @Test
  void j29OfferThatComesWhileTheJobPausesIsTaken() {
    World few = new World(PRICE, 2 * PRICE, 3 * PRICE, 2_000_000_000);
    JobId id = called(few);
    few.work(few.accept(id, 0), few.accept(id, 1));
    few.idle(15);
    assertEquals(JobState.PAUSED, few.job(id).state());
    few.done(World.FIRST_MINER + 3, Specs.terms(1_000_000, 4 * PRICE));
    few.idle(Limits.SEEK_BLOCKS + 1);
    assertEquals(World.address(World.FIRST_MINER + 3), miners(few, id).get(2));
    few.resume(id);
    finish(few, id);
  }

  @Test
  void j29WhenNobodyComesBackTheJobExpires() {
    JobId id = called(world);
    world.idle(16);
    assertEquals(JobState.PAUSED, world.job(id).state(), "one spare for three");
    assertEquals(List.of(1, 1, 1), strikes(world, id));
    world.idle(60);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertEquals(9, world.job(id).earned().rounds());
    assertEquals(Optional.empty(), Escrows.get(world.state(), id));
  }

  @Test
  void j29MinerThatWasFoundFalseMeanwhileDoesNotAccept() {
    World few = new World(PRICE, 2 * PRICE, 3 * PRICE);
    JobId id = called(few);
    few.work(few.accept(id, 0), few.accept(id, 1));
    Address liar = miners(few, id).get(0);
    few.turn(id, turn -> Conviction.convict(turn, 0, liar, "is false", List.of()));
    assertEquals(JobState.PAUSED, few.job(id).state());
    assertFalse(few.isOpen(few.accept(id, 0)));
    few.work(few.accept(id, 2));
    assertEquals(JobState.PAUSED, few.job(id).state(), "a stage is vacant");
  }

  @Test
  void j29TheMinerOfAnOnlyStageIsMissing() {
    World few = new World(PRICE);
    JobId id = few.submit(Specs.single(100));
    few.start(id);
    few.idle(31);
    assertEquals(JobState.RUNNING, few.job(id).state());
    assertEquals(List.of(1), strikes(few, id));
  }

  @Test
  void j29CancelledJobEndsInsteadOfWaiting() {
    JobId id = world.submit(spec);
    world.start(id);
    world.done(World.DEVELOPER, new JobCancel(id));
    world.idle(31);
    assertEquals(JobState.CANCELLED, world.job(id).state());
  }

  @Test
  void j29CheckpointsAreTakenMeanwhile() {
    JobId id = world.submit(spec);
    world.start(id);
    world.round(id);
    world.round(id);
    world.idle(31);
    assertEquals(JobState.MATCHED, world.job(id).state());
    world.hold(id, 1);
    assertTrue(world.story(id).contains("ResumePointReached"));
    world.resume(id);
    finish(world, id);
  }
}
