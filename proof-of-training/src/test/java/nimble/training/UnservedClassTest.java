package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.JobAccept;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Miners of a class that nobody audits give way (J40).
final class UnservedClassTest {
  private static final long PRICE = 100_000_000;
  private static final Hash PRIVATE = Specs.hash("private class");
  private static final int OPENING = 15;

  private World world;
  private JobId id;

  UnservedClassTest() {
    asking(PRICE, 2 * PRICE, 3 * PRICE, 4 * PRICE, 5 * PRICE);
  }

  /// Miner i asks `prices[i]` an hour.
  private void asking(long... prices) {
    long each = 1_000 * World.NIM;
    world = Panel.world(new long[] {each, each, each, each}, prices);
    id = world.submit(Specs.spec(25));
    new Panel(world, id).joinAll();
    world.work(world.accept(id, 0), world.accept(id, 2));
  }

  private void acceptPrivately(int stage) {
    Job job = world.job(id);
    Hash commitment = NumericClass.commitment(PRIVATE, miner(stage));
    world.work(new JobAccept(job.slot(stage), job.progress().failures(), commitment));
  }

  private void openPrivately(int stage) {
    world.work(new ClassOpen(World.slot(id, stage), PRIVATE));
  }

  /// All have shown their classes, stage 1 one of its own.
  private void matchedWithIt() {
    acceptPrivately(1);
    new Panel(world, id).openAll();
    world.work(world.open(id, 0), world.open(id, 2));
    openPrivately(1);
    assertEquals(JobState.MATCHED, world.job(id).state());
  }

  /// The job runs, and stage 2 goes to somebody else, of a class of its own.
  private void rematchedWithIt() {
    world.work(world.accept(id, 1));
    new Panel(world, id).openAll();
    world.work(world.open(id, 0), world.open(id, 1), world.open(id, 2));
    for (int miss = 0; miss < 2; miss++) {
      world.work(world.commit(id, 0), world.commit(id, 1));
      world.idle(30);
    }
    assertEquals(JobState.MATCHED, world.job(id).state());
    assertEquals(World.address(World.FIRST_MINER + 3), miner(2));
    acceptPrivately(2);
    openPrivately(2);
    world.idle(OPENING);
  }

  private Address miner(int stage) {
    return world.job(id).stages().get(stage).miner();
  }

  private int strikes(Address miner) {
    return Strikes.of(world.state(), miner, 0);
  }

  private List<String> reasons() {
    return world.entries(id).stream()
        .filter(entry -> entry.event() instanceof JobEvent.Struck)
        .map(entry -> ((JobEvent.Struck) entry.event()).reason())
        .toList();
  }

  private void finish() {
    world.round(id);
    assertEquals(1, world.job(id).progress().round());
    assertEquals(List.of(), Replay.of(world.entries(id)).differences(world.job(id)));
  }

  @Test
  void j40TheNextOfferGetsTheStage() {
    matchedWithIt();
    Address before = miner(1);
    world.idle(OPENING);
    assertEquals(JobState.MATCHED, world.job(id).state());
    assertEquals(World.address(World.FIRST_MINER + 3), miner(1));
    assertEquals(1, strikes(before));
    assertTrue(reasons().getFirst().startsWith("J40: class "), reasons().getFirst());
    assertTrue(reasons().getFirst().contains(" is not served: shown by 0 validators "));
    assertTrue(Jobs.heldBy(world.state(), before).isEmpty(), "its device is free");
    world.work(world.accept(id, 1));
    world.work(world.open(id, 1));
    assertEquals(JobState.RUNNING, world.job(id).state());
    finish();
    assertEquals(1, reasons().size());
  }

  @Test
  void j40WithNobodyLeftTheJobExpiresWithTheReason() {
    asking(PRICE, 2 * PRICE, 3 * PRICE);
    matchedWithIt();
    world.idle(OPENING);
    Job job = world.job(id);
    assertEquals(JobState.EXPIRED, job.state());
    String reason = job.status().reason();
    assertTrue(reason.startsWith("stage 1: class "), reason);
    assertTrue(reason.contains("; no offer for stage 1: "), reason);
  }

  @Test
  void j40WhereNoClassIsServedNobodyIsStruck() {
    acceptPrivately(1);
    world.work(world.open(id, 0), world.open(id, 2));
    openPrivately(1);
    world.idle(OPENING);
    assertEquals(JobState.EXPIRED, world.job(id).state(), "no validator shows a class");
    assertEquals(List.of(), reasons());
  }

  @Test
  void j40WhoComesLaterGivesWayToo() {
    rematchedWithIt();
    assertEquals(JobState.MATCHED, world.job(id).state());
    assertEquals(World.address(World.FIRST_MINER + 4), miner(2));
    assertTrue(reasons().getLast().startsWith("J40: class "), reasons().getLast());
    world.resume(id);
    finish();
  }

  @Test
  void j40JobThatRanWaitsForSomebodyElse() {
    asking(PRICE, 2 * PRICE, 3 * PRICE, 4 * PRICE, 2_000_000_000);
    rematchedWithIt();
    assertEquals(JobState.PAUSED, world.job(id).state());
    String reason = world.job(id).status().reason();
    assertTrue(reason.startsWith("stages [2]: class "), reason);
    assertFalse(world.isOpen(world.commit(id, 2)), "no round in a class that nobody serves");
    world.done(World.FIRST_MINER + 4, Specs.terms(1_000_000, PRICE));
    world.idle(Limits.SEEK_BLOCKS + 1);
    assertEquals(World.address(World.FIRST_MINER + 4), miner(2));
    world.resume(id);
    finish();
  }

  @Test
  void j40AndExpiresWhenNobodyComes() {
    asking(PRICE, 2 * PRICE, 3 * PRICE, 4 * PRICE);
    rematchedWithIt();
    assertEquals(JobState.PAUSED, world.job(id).state());
    world.idle(70);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertTrue(world.job(id).status().reason().contains(" is not served: "));
  }
}
