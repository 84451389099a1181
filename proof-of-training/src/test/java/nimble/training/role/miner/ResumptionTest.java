package nimble.training.role.miner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nimble.sim.Seeds;
import nimble.training.role.MinerEffect;
import nimble.training.role.Progress;
import nimble.training.role.Reference;
import nimble.training.role.Tiny;
import nimble.training.role.evidence.Plan;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

final class ResumptionTest {
  private static final int SEEDS = 3;
  private static final Plan PLAN = Tiny.plan(16, 2);
  private static final Reference EXPECTED = Reference.run(PLAN);

  @Test
  void r19AMinerThatStartsAgainGoesOnFromItsShelf() {
    Seeds.forEach(
        SEEDS,
        random -> {
          World world = at(random.nextLong(), 3);
          world.sim.after(random.nextInt(500), () -> world.restart(1));
          world.sim.runUntil(() -> MinerTest.done(world));
          MinerTest.checkAgainst(EXPECTED, world);
          assertTrue(world.chain.attempt <= 1);
        });
  }

  @Test
  void r19WhenAllStartAgainTheJobGoesOn() {
    Seeds.forEach(
        SEEDS,
        random -> {
          World world = at(random.nextLong(), 3);
          for (int node = 0; node < 3; node++) {
            world.restart(node);
          }
          world.sim.runUntil(() -> MinerTest.done(world));
          MinerTest.checkAgainst(EXPECTED, world);
        });
  }

  @Test
  void r19AnAttemptHasOneWitness() {
    World world = at(31, 2);
    int attempt = world.chain.attempt;
    world.sim.runUntil(() -> world.chain.seatOf(1).committed());
    int round = world.chain.counted.size();
    world.restart(1);
    world.sim.runUntil(() -> MinerTest.done(world));
    assertTrue(
        world.reports.stream()
            .map(MinerEffect.Report::progress)
            .filter(Progress.Restarted.class::isInstance)
            .map(Progress.Restarted.class::cast)
            .allMatch(it -> it.attempt() > attempt && it.round() >= round));
    MinerTest.checkAgainst(EXPECTED, world);
  }

  @Test
  void r19AnotherMinerGoesOnFromTheCopies() {
    Seeds.forEach(
        SEEDS,
        random -> {
          int stage = random.nextInt(3);
          World world = at(random.nextLong(), 5);
          world.silent.add(stage);
          world.shelves.get(stage).groups.clear();
          assertTrue(world.chain.resumeRound() >= 1);
          world.chain.rematch(stage, world.spare());
          world.sim.runUntil(() -> MinerTest.done(world));
          MinerTest.checkAgainst(EXPECTED, world);
        });
  }

  @Test
  void r19AStateThatNobodyHasIsWaitedFor() {
    World world = at(33, 1);
    world.shelves.forEach(shelf -> {
      shelf.groups.clear();
      shelf.documents.clear();
    });
    world.restart(1);
    world.sim.runUntil(
        () -> world.reports.stream().anyMatch(r -> r.progress() instanceof Progress.Paused));
    int counted = world.chain.counted.size();
    long until = world.sim.nowMillis() + 10_000;
    world.sim.runUntil(() -> world.sim.nowMillis() > until);
    assertEquals(counted, world.chain.counted.size());
  }

  @Test
  void r21ACopyIsSignedForOnceItIsTheCommittedState() {
    World world = at(34, 5);
    assertTrue(world.chain.resumeRound() >= 1);
    world.sim.runUntil(() -> MinerTest.done(world));
    for (int node = 0; node < 3; node++) {
      int before = Math.floorMod(node - 1, 3);
      ShelfGroup group =
          new ShelfGroup(
              ShelfGroup.Kind.COPY, EvidenceTest.slot(before), 0, world.chain.resumeRound() + 1);
      assertTrue(world.shelves.get(node).groups.containsKey(group.name()));
    }
  }

  @Test
  void r19AfterTheLastRoundTheJobMayStillGoBack() {
    World world = at(35, 8);
    world.sim.runUntil(() -> MinerTest.done(world));
    world.chain.goBack(6);
    world.sim.runUntil(() -> MinerTest.done(world));
    MinerTest.checkAgainst(EXPECTED, world);
  }

  /// A world in which so many rounds count.
  private static World at(long seed, int rounds) {
    World world = new World(seed, PLAN, new ReferenceMachine());
    world.sim.runUntil(() -> world.chain.counted.size() >= rounds);
    return world;
  }
}
