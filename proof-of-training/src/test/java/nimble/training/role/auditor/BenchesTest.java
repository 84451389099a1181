package nimble.training.role.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import nimble.chain.Verdict;
import nimble.training.fault.DeviatingAudit;
import nimble.training.role.Audits;
import nimble.training.role.Outcome;
import nimble.training.role.Tiny;
import nimble.training.role.TinyBase;
import nimble.training.role.TrainedJob;
import nimble.training.role.evidence.AuditBundle;
import nimble.training.role.evidence.Plan;
import nimble.training.spec.StageNeed;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

/// What auditors hold between audits, where there is memory for one stage alone.
final class BenchesTest {
  private record Counting(AuditWork honest, AtomicInteger closed) implements DeviatingAudit {
    @Override
    public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
      return honest.redo(bundle, sameClass);
    }

    @Override
    public Outcome.Closed close() {
      closed.incrementAndGet();
      return honest.close();
    }
  }

  /// Two auditors that have opened the miners' class for all stages.
  private static AuditWorld world(long seed, Plan plan, int rounds, AtomicInteger closed) {
    return world(
        seed,
        plan,
        rounds,
        Benches.ofCount(1),
        (_, of, stage) ->
            new Counting(
                new MachineAudit(new ReferenceMachine(), of, stage, Tiny.TOLERANCE), closed));
  }

  private interface Works {
    AuditWork of(int auditor, Plan plan, int stage);
  }

  private static AuditWorld world(long seed, Plan plan, int rounds, Benches benches, Works works) {
    TrainedJob job = TrainedJob.run(plan, rounds, _ -> new ReferenceMachine());
    AuditWorld world = AuditWorld.honest(seed, plan, job);
    world.chain.open(Audits.CLASS);
    for (int i = 0; i < 2; i++) {
      int auditor = i;
      world.auditors.set(
          i,
          new Auditor(
              (of, stage) -> works.of(auditor, of, stage),
              Secrets.of("auditor " + i),
              AuditChain.COMMIT,
              benches));
    }
    return world;
  }

  private static void assertAllUpheld(AuditWorld world, int audits) {
    world.sim.runUntil(() -> world.chain.closed.size() == audits);
    assertTrue(
        world.chain.closed.values().stream()
            .flatMap(seats -> seats.stream())
            .allMatch(seat -> seat.reveal().orElseThrow().verdict() == Verdict.UPHELD));
  }

  @Test
  void r13BenchesBeyondAFewAreGivenBack() {
    AtomicInteger closed = new AtomicInteger();
    AuditWorld world = world(17, Tiny.plan(40, 2), 4, closed);
    for (int i = 0; i < 6; i++) {
      world.chain.draw(i, i % 3, 1 + i / 3, 0, 0, 1);
    }
    assertAllUpheld(world, 6);
    world.sim.runUntil(() -> closed.get() >= 4);
  }

  private static long memoryBytes(Plan plan, int stage) {
    return StageNeed.of(stage, plan.stages().get(stage), plan.base(), plan.training())
        .memoryBytes();
  }

  private static long most(Plan plan) {
    return IntStream.range(0, plan.depth())
        .mapToLong(i -> memoryBytes(plan, i))
        .max()
        .orElseThrow();
  }

  /// What one auditor holds, in bytes by stage: from the first audit on until it is given back.
  private record Holding(AuditWork honest, int stage, TreeMap<Integer, Long> held, long most)
      implements DeviatingAudit {
    @Override
    public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
      held.put(stage, memoryBytes(bundle.round().plan(), stage));
      assertTrue(held.values().stream().mapToLong(Long::longValue).sum() <= most, held.toString());
      return honest.redo(bundle, sameClass);
    }

    @Override
    public Outcome.Closed close() {
      held.remove(stage);
      return honest.close();
    }
  }

  /// As many benches as there are stages, but memory for no more than the largest.
  @Test
  void r35AuditsTakeTurnsWhereMemoryIsShort() {
    for (Plan plan : List.of(Tiny.plan(40, 2), TinyBase.plan(8, 2, true, TinyBase.SPEC))) {
      List<TreeMap<Integer, Long>> held = List.of(new TreeMap<>(), new TreeMap<>());
      AuditWorld world =
          world(
              19,
              plan,
              4,
              Benches.ofBytes(most(plan)),
              (auditor, of, stage) ->
                  new Holding(
                      new MachineAudit(new ReferenceMachine(), of, stage, Tiny.TOLERANCE),
                      stage,
                      held.get(auditor),
                      most(plan)));
      for (int i = 0; i < 6; i++) {
        world.chain.draw(i, i % plan.depth(), 1 + i / 3, 0, 0, 1);
      }
      assertAllUpheld(world, 6);
    }
  }

  /// Nobody measures it, joins, or says anything of it.
  @Test
  void r35WhatDoesNotFitIsLeftAlone() {
    Plan plan = Tiny.plan(6, 3);
    TrainedJob job = TrainedJob.run(plan, 2, _ -> new ReferenceMachine());
    AuditWorld world = AuditWorld.honest(23, plan, job);
    world.chain.matching = true;
    AtomicInteger probes = new AtomicInteger();
    long large = most(plan);
    for (int i = 0; i < 2; i++) {
      Auditor.Works works =
          (of, stage) -> {
            AuditWork honest = new MachineAudit(new ReferenceMachine(), of, stage, Tiny.TOLERANCE);
            return new DeviatingAudit() {
              @Override
              public AuditWork honest() {
                return honest;
              }

              @Override
              public Outcome.Probed probe() {
                assertTrue(memoryBytes(of, stage) < large);
                probes.incrementAndGet();
                return honest.probe();
              }

              @Override
              public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
                throw new AssertionError("nothing is drawn");
              }
            };
          };
      world.auditors.set(
          i,
          new Auditor(
              works, Secrets.of("auditor " + i), AuditChain.COMMIT, Benches.ofBytes(large - 1)));
    }
    world.sim.runUntil(() -> world.sim.nowMillis() >= 10_000);
    long fitting =
        IntStream.range(0, plan.depth()).filter(i -> memoryBytes(plan, i) < large).count();
    assertTrue(fitting < plan.depth());
    assertEquals(2 * fitting, probes.get());
    assertEquals(fitting, world.chain.joined.size());
  }

  /// Also of stages that were never audited.
  @Test
  void r13BasesBeyondAFewAreGivenBack() {
    Plan plan = TinyBase.plan(4, 2, true, TinyBase.SPEC);
    AtomicInteger closed = new AtomicInteger();
    AuditWorld world = world(22, plan, 2, closed);
    world.sim.runUntil(() -> world.sim.nowMillis() >= 10_000);
    assertEquals(2 * (plan.depth() - 1), closed.get());
    for (int stage = 0; stage < plan.depth(); stage++) {
      world.chain.draw(stage, stage, 1, 0, 0, 1);
    }
    assertAllUpheld(world, plan.depth());
  }
}
