package nimble.training.role.miner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.training.role.MinerEffect;
import nimble.training.role.Progress;
import nimble.training.role.Reference;
import nimble.training.role.StepTensor;
import nimble.training.role.Tiny;
import nimble.training.role.evidence.Plan;
import nimble.training.role.miner.WatchedWorld.Asked;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.training.Losses;
import org.junit.jupiter.api.Test;

public final class MinerTest {
  private static final int SEEDS = 5;

  @Test
  void threeMinersComeToTheBitsOfOneProcess() {
    Plan plan = Tiny.plan(7, 3);
    Reference expected = Reference.run(plan);
    World world = trained(0, plan, w -> {});
    checkAgainst(expected, world);
    List<Progress.Stepped> steps = steps(world);
    assertEquals(7, steps.size());
    assertEquals(
        OptionalInt.of(Losses.mean(expected.stepLosses.getFirst())), steps.getFirst().lossBits());
    assertTrue(world.chain.counted.getLast().getLast().validationLossBits().isPresent());
    assertEquals(3, world.chain.checkpoints.size());
  }

  @Test
  void roundsOfOneStepValidateAfterTheTenth() {
    World world = trained(1, Tiny.plan(11, 1), w -> {});
    for (int round = 0; round < 11; round++) {
      assertEquals(
          round >= 9,
          world.chain.counted.get(round).getLast().validationLossBits().isPresent(),
          "round " + round);
    }
  }

  @Test
  void r33BooksAreWrittenWhileOthersAreAwaited() {
    Plan plan = Tiny.plan(6, 3);
    WatchedWorld world = new WatchedWorld(0, plan);
    world.sim.runUntil(() -> done(world));
    checkAgainst(Reference.run(plan), world);
    List<Asked> asked = world.asked;
    assertTrue(asked.indexOf(Asked.WRITE_UP) < asked.indexOf(Asked.BACKWARD), asked.toString());
    int unwritten = 0;
    for (int i = 0; i < asked.size(); i++) {
      switch (asked.get(i)) {
        case UPDATE -> unwritten++;
        case WRITE_UP -> unwritten = 0;
        case SUM -> assertEquals(0, unwritten, "before " + i + " of " + asked);
        case END_ROUND -> assertEquals(Asked.WRITE_UP, asked.get(i - 1));
        case FORWARD, BACKWARD -> {}
      }
    }
  }

  @Test
  void r4ReorderedAndDoubledTensorsChangeNothing() {
    Plan plan = Tiny.plan(4, 2);
    Reference expected = Reference.run(plan);
    Seeds.forEach(
        SEEDS,
        random -> {
          World world =
              trained(
                  random.nextLong(),
                  plan,
                  w -> {
                    w.duplicatesPercent = 30;
                    w.delayMax = 100;
                  });
          checkAgainst(expected, world);
          assertEquals(0, world.chain.attempt);
        });
  }

  @Test
  void r5LostConnectionsAreMadeUpForByResending() {
    Plan plan = Tiny.plan(4, 2);
    Reference expected = Reference.run(plan);
    Seeds.forEach(
        SEEDS,
        random -> {
          World world =
              trained(
                  random.nextLong(),
                  plan,
                  w -> {
                    for (int i = 0; i < 12; i++) {
                      int a = w.sim.random().nextInt(3);
                      w.sim.after(
                          400 + i * 300L, () -> w.loseConnections(a, (a + 1) % 3, 10 + 20L * a));
                    }
                  });
          checkAgainst(expected, world);
          assertEquals(0, world.chain.attempt);
        });
  }

  @Test
  void r5TensorsThatVanishAreSentAgain() {
    Plan plan = Tiny.plan(4, 2);
    Reference expected = Reference.run(plan);
    Seeds.forEach(
        SEEDS,
        random -> {
          World world = trained(random.nextLong(), plan, w -> w.toLose = 12);
          checkAgainst(expected, world);
        });
  }

  @Test
  void r7ARedoneRoundGivesTheSameRoots() {
    Plan plan = Tiny.plan(8, 2);
    Reference expected = Reference.run(plan);
    Seeds.forEach(
        SEEDS,
        random -> {
          World world =
              trained(random.nextLong(), plan, w -> w.chain.redoRounds.addAll(List.of(0, 2)));
          checkAgainst(expected, world);
          assertEquals(2, world.chain.attempt);
          assertTrue(
              world.reports.stream().anyMatch(r -> r.progress() instanceof Progress.Restarted));
        });
  }

  @Test
  void r8AFlippedBitIsSeenByTheNeighbourAndTheRoundRedone() {
    Plan plan = Tiny.plan(4, 2);
    World world = new FlippingWorld(3, plan);
    world.sim.runUntil(() -> done(world));
    checkAgainst(Reference.run(plan), world);
    assertEquals(1, world.chain.attempt);
    assertTrue(world.reports.stream().anyMatch(r -> r.progress() instanceof Progress.Disagreed));
  }

  @Test
  void aVanishedMinerStallsTheOthersAndNothingElse() {
    World world = new World(5, Tiny.plan(40, 2), new ReferenceMachine());
    world.sim.runUntil(() -> world.chain.counted.size() == 3);
    world.silent.add(1);
    int counted = world.chain.counted.size();
    long until = world.sim.nowMillis() + 200_000;
    world.sim.runUntil(() -> world.sim.nowMillis() > until);
    assertEquals(counted, world.chain.counted.size());
    assertEquals(1, world.chain.attempt);
    assertEquals(List.of(1), world.chain.awaited(), "the others are there");
  }

  @Test
  void r7WhoeverIsThereAcceptsAgainAndGoesOn() {
    Plan plan = Tiny.plan(8, 2);
    World world = new World(7, plan, new ReferenceMachine());
    world.sim.runUntil(() -> world.chain.counted.size() == 2);
    world.silent.add(1);
    world.sim.runUntil(() -> world.chain.awaited().equals(List.of(1)));
    world.silent.clear();
    world.sim.runUntil(() -> done(world));
    checkAgainst(Reference.run(plan), world);
    assertEquals(1, world.chain.attempt);
  }

  @Test
  void r7AProcessThatBeginsDuringTheRollCallStandsByItsClass() {
    Plan plan = Tiny.plan(8, 2);
    World world = new World(8, plan, new ReferenceMachine());
    world.sim.runUntil(() -> world.chain.counted.size() == 2);
    world.silent.add(1);
    world.sim.runUntil(() -> world.chain.awaited().equals(List.of(1)));
    world.restart(1);
    world.silent.clear();
    world.sim.runUntil(() -> done(world));
    checkAgainst(Reference.run(plan), world);
    assertEquals(
        3,
        world.reports.stream().filter(r -> r.progress() instanceof Progress.Measured).count(),
        "nothing is measured again");
  }

  @Test
  void r3TensorsOfStrangersAndOfWrongSizeAreDropped() {
    Plan plan = Tiny.plan(4, 2);
    World world = new World(6, plan, new ReferenceMachine());
    world.sim.runUntil(() -> world.chain.counted.size() == 1);
    StepTensor name =
        new StepTensor(world.chain.seatOf(0).slot(), 0, 1, 0, 0, StepTensor.Kind.ACTIVATION);
    Bytes right = Bytes.wrap(new byte[plan.stages().get(1).inputBytes()]);
    assertDropped(world, new MinerInput.TensorReceived(Tiny.key(2), name, right));
    assertDropped(world, new MinerInput.TensorReceived(Tiny.key(0), name, right.slice(0, 8)));
    StepTensor gradient =
        new StepTensor(world.chain.seatOf(0).slot(), 0, 1, 0, 0, StepTensor.Kind.GRADIENT);
    assertDropped(world, new MinerInput.TensorReceived(Tiny.key(0), gradient, right));
  }

  @Test
  void r3TensorsOfStagesThatTheJobDoesNotHaveAreDropped() {
    Plan plan = Tiny.plan(4, 2);
    World world = new World(8, plan, new ReferenceMachine());
    world.sim.runUntil(() -> world.chain.counted.size() == 1);
    int last = plan.depth() - 1;
    StageSlot beyond = new StageSlot(Tiny.JOB, last + 1, 0);
    Bytes right = Bytes.wrap(new byte[plan.stages().get(last).outputBytes()]);
    for (StepTensor.Kind kind : StepTensor.Kind.values()) {
      StepTensor name = new StepTensor(beyond, 0, 1, 0, 0, kind);
      assertDropped(world, last, new MinerInput.TensorReceived(Tiny.key(9), name, right));
    }
  }

  @Test
  void stoppingFreesEverything() {
    World world = new World(7, Tiny.plan(40, 2), new ReferenceMachine());
    world.sim.runUntil(() -> world.chain.counted.size() == 2);
    for (int node = 0; node < 3; node++) {
      world.handle(node, new MinerInput.Stopping());
    }
    world.sim.runUntil(() -> world.miners.stream().allMatch(Miner::idle));
    world.handle(
        0,
        new MinerInput.Finalized(
            new Moment(1, 1), List.of(world.chain.seatOf(0)), Retained.NOTHING));
    assertTrue(world.miners.getFirst().idle());
  }

  public static World trained(long seed, Plan plan, Consumer<World> trouble) {
    World world = new World(seed, plan, new ReferenceMachine());
    trouble.accept(world);
    world.sim.runUntil(() -> done(world));
    assertFalse(world.reports.stream().anyMatch(r -> r.progress() instanceof Progress.Failed));
    assertFalse(world.reports.stream().anyMatch(r -> r.progress() instanceof Progress.Dropped));
    return world;
  }

  static boolean done(World world) {
    return world.chain.checkpoints.size() == world.plan.depth();
  }

  private static void assertDropped(World world, MinerInput input) {
    assertDropped(world, 1, input);
  }

  private static void assertDropped(World world, int node, MinerInput input) {
    assertTrue(
        world.miners.get(node).handle(input).stream()
            .anyMatch(effect ->
                effect instanceof MinerEffect.Report report
                    && report.progress() instanceof Progress.Dropped));
  }

  static void checkAgainst(Reference expected, World world) {
    Plan plan = world.plan;
    assertEquals(plan.rounds().count(), world.chain.counted.size());
    int step = plan.rounds().before();
    for (List<RoundCommit> round : world.chain.counted) {
      List<Integer> losses = new ArrayList<>();
      for (int i = 0; i < plan.rounds().stepsOf(round.getFirst().round()); i++) {
        losses.addAll(expected.stepLosses.get(step++));
      }
      assertEquals(OptionalInt.of(Losses.mean(losses)), round.getLast().lossBits());
      List<Hash> roots = round.stream().map(RoundCommit::stateRootAfter).toList();
      assertEquals(expected.stateRoots.get(step - 1), roots);
      for (int stage = 1; stage < round.size(); stage++) {
        assertEquals(round.get(stage - 1).rightRoot(), round.get(stage).leftRoot());
      }
    }
  }

  private static List<Progress.Stepped> steps(World world) {
    return world.reports.stream()
        .filter(report -> report.slot().stage() == 2)
        .map(MinerEffect.Report::progress)
        .filter(Progress.Stepped.class::isInstance)
        .map(Progress.Stepped.class::cast)
        .toList();
  }
}
