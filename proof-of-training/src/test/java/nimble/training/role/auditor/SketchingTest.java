package nimble.training.role.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import nimble.chain.AuditCall;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.codec.Bytes;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.training.Suspicion;
import nimble.training.fault.ForgesDrift;
import nimble.training.role.AuditorProgress;
import nimble.training.role.Tiny;
import nimble.training.role.TrainedJob;
import nimble.training.role.evidence.Plan;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.audit.Drift;
import nimble.vm.fault.PoisonsLowRank;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.reference.Sums;
import org.junit.jupiter.api.Test;

/// Auditors of another class than the miners' (R22): what single audits let pass, epochs add up.
final class SketchingTest {
  private static final Plan PLAN = Tiny.plan(40, 4);
  private static final int ROUNDS = 8;
  private static final int STAGE = 1;
  private static final StageSlot SLOT = new StageSlot(Tiny.JOB, STAGE, 0);
  private static final Hash ANOTHER = Hashing.of("another class");
  private static final long EPOCH = 5;

  /// Of a gradient's norm: a third of what one audit lets pass.
  private static final double POISON = 3e-4;

  private static final TrainedJob HONEST = job(new ReferenceMachine(Sums.NARROW));
  private static final TrainedJob POISONED =
      job(new PoisonsLowRank(new ReferenceMachine(Sums.NARROW), PLAN.microBatches(), POISON));

  private static TrainedJob job(Machine machine) {
    return TrainedJob.run(
        PLAN, ROUNDS, stage -> stage == STAGE ? machine : new ReferenceMachine(Sums.NARROW));
  }

  private static AuditWork honest(Plan plan, int stage) {
    return new MachineAudit(new ReferenceMachine(), plan, stage, Tiny.TOLERANCE);
  }

  private static AuditWorld world(TrainedJob job, Auditor.Works works) {
    AuditWorld world = new AuditWorld(1, PLAN, job, 2, works);
    world.chain.epoch = EPOCH;
    world.chain.open(ANOTHER);
    return world;
  }

  private static Address account(int index) {
    return AuditChain.account(index);
  }

  /// All steps of rounds, by both auditors, some at a time.
  private static void audit(AuditWorld world, int from, int to) {
    world.sim.runUntil(() -> world.chain.sketched.size() >= PLAN.depth() * world.count);
    for (int round = from; round < to; round++) {
      List<AuditId> ids = new ArrayList<>();
      for (int step = 0; step < PLAN.rounds().stepsOf(round); step++) {
        ids.add(world.chain.draw(4L * round + step, STAGE, round, step, 0, 1));
      }
      world.sim.runUntil(() -> world.chain.closed.keySet().containsAll(ids));
    }
    assertTrue(
        world.chain.closed.values().stream()
            .flatMap(List::stream)
            .allMatch(seat -> seat.reveal().orElseThrow().verdict() == Verdict.UPHELD),
        "one audit alone sees it");
  }

  private static void nextEpoch(AuditWorld world) {
    world.chain.epoch++;
    long at = world.sim.nowMillis() + 5_000;
    world.sim.runUntil(() -> world.sim.nowMillis() >= at);
  }

  @Test
  void r22TheKeyIsCommittedToBeforeAnythingIsSketched() {
    AuditWorld world = world(POISONED, SketchingTest::honest);
    world.sim.runUntil(() -> !world.chain.sketched.isEmpty());
    assertTrue(world.progress.stream().noneMatch(AuditorProgress.Sketched.class::isInstance));
    audit(world, 0, 2);
    Hash key = Secrets.of("auditor 0").key(SLOT, EPOCH);
    assertEquals(
        AuditCall.SketchOpen.commitment(key, account(0)),
        world.chain.sketched.get(new AuditChain.Sketched(SLOT, account(0), EPOCH)));
    assertTrue(world.chain.reports.isEmpty(), "its epoch runs still");
    assertTrue(world.documents.stream().allMatch(it -> it.containsKey(Sketchbook.group(SLOT))));
  }

  @Test
  void r22AnHonestMinerOfAnotherClassIsNeverReported() {
    AuditWorld world = world(HONEST, SketchingTest::honest);
    audit(world, 0, ROUNDS);
    nextEpoch(world);
    assertTrue(world.chain.reports.isEmpty(), world.chain.reports::toString);
    assertTrue(
        world.chain.calls.stream().noneMatch(AuditCall.SketchOpen.class::isInstance),
        "what is no report costs nobody anything");
  }

  @Test
  void r22WhatSingleAuditsLetPassIsReportedByBoth() {
    AuditWorld world = world(POISONED, SketchingTest::honest);
    audit(world, 0, ROUNDS);
    nextEpoch(world);
    assertEquals(
        new TreeSet<>(List.of(account(0), account(1))),
        new TreeSet<>(world.chain.reports.stream().map(AuditCall.SketchOpen::auditor).toList()));
    for (AuditCall.SketchOpen report : world.chain.reports) {
      assertEquals(Tiny.address(STAGE), report.miner());
      assertEquals(SLOT, report.slot());
      assertEquals(EPOCH, report.epoch());
      assertTrue(report.milliZ() >= Suspicion.REPORT_MILLI_Z);
    }
    nextEpoch(world);
    assertEquals(2, world.chain.reports.size(), "once");
  }

  /// The second half is sketched by other processes, and some audits again.
  @Test
  void r22ASketchOutlivesItsProcess() {
    AuditWorld world = world(POISONED, SketchingTest::honest);
    audit(world, 0, ROUNDS / 2);
    int before = directions(world);
    assertTrue(before > 0);
    for (int i = 0; i < world.count; i++) {
      world.restart(i, SketchingTest::honest);
    }
    audit(world, ROUNDS / 2 - 1, ROUNDS);
    assertTrue(directions(world) > before);
    nextEpoch(world);
    assertEquals(2, world.chain.reports.size());
    AuditWorld whole = world(POISONED, SketchingTest::honest);
    audit(whole, 0, ROUNDS);
    nextEpoch(whole);
    assertEquals(new TreeSet<>(z(whole)), new TreeSet<>(z(world)), "each audit counts once");
  }

  private static List<Long> z(AuditWorld world) {
    return world.chain.reports.stream().map(AuditCall.SketchOpen::milliZ).toList();
  }

  private static int directions(AuditWorld world) {
    return world.progress.stream()
        .mapToInt(it -> it instanceof AuditorProgress.Sketched told ? told.count() : 0)
        .max()
        .orElse(0);
  }

  @Test
  void r22WhoForgesDirectionsReportsAnybody() {
    AuditWorld world = world(HONEST, (plan, stage) -> new ForgesDrift(honest(plan, stage)));
    audit(world, 0, ROUNDS);
    nextEpoch(world);
    assertEquals(2, world.chain.reports.size());
  }

  @Test
  void r22ASketchIsWhatItWas() throws Exception {
    Sketch sketch = Sketch.of(9, Tiny.address(1)).add(4, unit()).add(7, unit()).add(7, unit());
    assertEquals(2, sketch.drift().count());
    Bytes written = Writer.encode(sketch::write);
    assertEquals(sketch, Reader.decode(written, Sketch::read));
    assertFalse(sketch.equals(sketch.add(8, unit())));
  }

  private static Bytes unit() {
    byte[] bytes = new byte[Drift.SIZE];
    bytes[2] = (byte) 0x80;
    bytes[3] = 0x3f;
    return Bytes.wrap(bytes);
  }

  @Test
  void r22TheShelfMayHoldAnything() {
    for (Bytes kept : List.of(Bytes.EMPTY, Bytes.utf8("nonsense"))) {
      Sketchbook book = new Sketchbook(SLOT, account(0), Secrets.of("auditor 0"));
      book.finalized(
          Optional.of(
              new SketchDuty(
                  Tiny.address(STAGE), EPOCH, true, Optional.empty(), Optional.empty())));
      book.found(Optional.of(kept));
      assertTrue(book.due().orElseThrow() instanceof AuditCall.SketchCommit);
    }
  }
}
