package nimble.training.role.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import nimble.chain.Verdict;
import nimble.training.fault.DeviatingAudit;
import nimble.training.role.Audits;
import nimble.training.role.Outcome;
import nimble.training.role.Tiny;
import nimble.training.role.TinyBase;
import nimble.training.role.TrainedJob;
import nimble.training.role.evidence.AuditBundle;
import nimble.training.role.evidence.Plan;
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
    TrainedJob job = TrainedJob.run(plan, rounds, _ -> new ReferenceMachine());
    AuditWorld world = AuditWorld.honest(seed, plan, job);
    world.chain.open(Audits.CLASS);
    for (int i = 0; i < 2; i++) {
      Auditor.Works works =
          (of, stage) ->
              new Counting(
                  new MachineAudit(new ReferenceMachine(), of, stage, Tiny.TOLERANCE), closed);
      world.auditors.set(i, new Auditor(works, Secrets.of("auditor " + i), AuditChain.COMMIT, 1));
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
