package nimble.training.role.miner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import nimble.chain.AuditId;
import nimble.chain.Verdict;
import nimble.training.AuditSeat;
import nimble.training.role.Audits;
import nimble.training.role.Progress;
import nimble.training.role.Reference;
import nimble.training.role.Tiny;
import nimble.training.role.TinyBase;
import nimble.training.role.TrainedJob;
import nimble.training.role.auditor.AuditWorld;
import nimble.training.role.evidence.Plan;
import nimble.training.spec.BaseSpec;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.template.Gpt;
import org.junit.jupiter.api.Test;

/// Jobs on a base, among miners and auditors that fetch their stages' parts.
final class BasesTest {
  @Test
  void r25MinersOnABaseComeToTheBitsOfOneProcess() {
    for (boolean adapters : new boolean[] {true, false}) {
      Plan plan = TinyBase.plan(4, 2, adapters, TinyBase.SPEC);
      World world = world(plan);
      world.sim.runUntil(() -> MinerTest.done(world));
      MinerTest.checkAgainst(Reference.run(plan), world);
    }
  }

  /// A new process fetches the base again before it goes on.
  @Test
  void r25ARestartedMinerGoesOn() {
    Plan plan = TinyBase.plan(6, 2, true, TinyBase.SPEC);
    World world = world(plan);
    world.sim.runUntil(() -> world.chain.counted.size() == 1);
    world.restart(1);
    world.sim.runUntil(() -> MinerTest.done(world));
    MinerTest.checkAgainst(Reference.run(plan), world);
  }

  @Test
  void r25WhatIsNoBaseOfTheModelStallsAndIsSaid() {
    BaseSpec other = TinyBase.spec(new Gpt(256, Tiny.CONTEXT, 1, 2, 8, true).spec(), 5);
    World world = world(TinyBase.plan(4, 2, true, other));
    world.sim.runUntil(() ->
        world.reports.stream()
                .filter(report -> report.progress() instanceof Progress.Paused)
                .count()
            >= 3);
    assertTrue(world.chain.counted.isEmpty());
  }

  @Test
  void r25AuditorsRedoStepsOnTheBase() {
    for (boolean adapters : new boolean[] {true, false}) {
      Plan plan = TinyBase.plan(4, 2, adapters, TinyBase.SPEC);
      TrainedJob job = TrainedJob.run(plan, 2, _ -> new ReferenceMachine());
      AuditWorld world = AuditWorld.honest(3, plan, job);
      world.chain.open(Audits.CLASS);
      for (int stage = 0; stage < plan.depth(); stage++) {
        for (int round = 0; round < 2; round++) {
          AuditId id = world.chain.draw(2L * stage + round, stage, round, 1, 0, 1);
          world.sim.runUntil(() -> world.chain.closed.containsKey(id));
          List<AuditSeat> seats = Objects.requireNonNull(world.chain.closed.get(id));
          for (AuditSeat seat : seats) {
            assertEquals(Verdict.UPHELD, seat.reveal().orElseThrow().verdict());
          }
        }
      }
    }
  }

  /// Once a second at most, whatever else is missing.
  @Test
  void r25WhatNobodyHasAnyMoreIsAskedForAtAnEvenPace() {
    Plan plan = TinyBase.plan(4, 2, true, TinyBase.SPEC);
    World world = world(plan);
    world.vanished.addAll(List.of(plan.data().manifest(), TinyBase.SPEC.manifest()));
    world.sim.runUntil(() -> world.sim.nowMillis() >= 15_000);
    assertTrue(world.dataFetches <= 16 * 2 * plan.depth(), world.dataFetches + " fetches");
  }

  @Test
  void r25AuditorsAskForABaseThatNobodyHasAnyMoreAtAnEvenPace() {
    Plan plan = TinyBase.plan(4, 2, true, TinyBase.SPEC);
    TrainedJob job = TrainedJob.run(plan, 2, _ -> new ReferenceMachine());
    AuditWorld world = AuditWorld.honest(3, plan, job);
    world.chain.open(Audits.CLASS);
    world.vanished.add(TinyBase.SPEC.manifest());
    world.sim.runUntil(() -> world.sim.nowMillis() >= 9_000);
    assertTrue(world.dataFetches <= 10 * 2 * plan.depth() + 2, world.dataFetches + " fetches");
  }

  private static World world(Plan plan) {
    World world = new World(1, plan, new ReferenceMachine());
    world.blobs.putAll(TinyBase.BLOBS);
    return world;
  }
}
