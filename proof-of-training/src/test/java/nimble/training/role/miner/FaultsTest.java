package nimble.training.role.miner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nimble.chain.AuditCall.Appeal;
import nimble.chain.AuditCall.Concede;
import nimble.chain.AuditId;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.training.Audit;
import nimble.training.fault.Fault;
import nimble.training.role.EvidenceName;
import nimble.training.role.Reference;
import nimble.training.role.Tiny;
import nimble.training.role.evidence.Plan;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.vm.Machine;
import nimble.vm.audit.StageAudit;
import nimble.vm.fault.BitFlip;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

final class FaultsTest {
  private static final Plan PLAN = Tiny.plan(16, 4);
  private static final Reference EXPECTED = Reference.run(PLAN);

  @Test
  void everyActorHasItsName() {
    for (Fault fault : Fault.values()) {
      assertEquals(Optional.of(fault), Fault.of(fault.toString()));
    }
    assertEquals(Optional.empty(), Fault.of("Honest"));
  }

  @Test
  void aMinerThatSkipsWorkIsFoundOutByWhatItKept() throws Malformed {
    World world = trained(1, Fault.SKIPS_WORK);
    assertNotEquals(
        EXPECTED.stateRoots.getLast().get(1),
        world.chain.counted.getLast().get(1).stateRootAfter());
    assertEquals(StageAudit.Finding.FALSE, audit(world, 1, PLAN.rounds().count() - 1, 0));
    assertEquals(StageAudit.Finding.EQUAL, audit(world, 0, PLAN.rounds().count() - 1, 0));
  }

  @Test
  void aForgedLossIsConsistentAndFoundOut() throws Malformed {
    World world = trained(2, Fault.FORGES_LOSS);
    int last = PLAN.rounds().count() - 1;
    assertEquals(
        EXPECTED.stateRoots.getLast().get(2),
        world.chain.counted.getLast().get(2).stateRootAfter());
    assertEquals(StageAudit.Finding.FALSE, audit(world, 2, last, 1));
  }

  @Test
  void whatIsOpenedOtherwiseThanCommittedIsNoData() throws Malformed {
    World world = trained(1, Fault.FORGES_OPENINGS);
    MinerTest.checkAgainst(EXPECTED, world);
    assertEquals(
        Optional.of("the root of the steps does not fit"),
        EvidenceTest.index(world, 1, 0)
            .problem(EvidenceTest.closed(world, 1, 0).roots(), PLAN, 1, 0));
    assertEquals(StageAudit.Finding.EQUAL, audit(world, 0, 0, 0));
  }

  @Test
  void aMinerThatWithholdsItsDataTrainsAndAnswersNobody() {
    World world = trained(1, Fault.WITHHOLDS_DATA);
    MinerTest.checkAgainst(EXPECTED, world);
    world.answers.clear();
    world.handle(
        1,
        new MinerInput.TensorReceived(
            Tiny.key(Chain.AUDITOR),
            new EvidenceName(EvidenceTest.slot(1), 0, 0, 0, EvidenceName.Kind.ASK),
            Bytes.EMPTY));
    assertEquals(List.of(), world.answers);
    assertFalse(
        world.shelves.get(1).groups.keySet().stream().anyMatch(name -> name.startsWith("round")));
    assertTrue(world.chain.resumeRound() > 0);
  }

  @Test
  void aMinerThatVanishesMidRoundStallsTheJobAndServesWhatItHas() {
    World world = world(1, Fault.VANISHES_MID_ROUND);
    long until = world.sim.nowMillis() + 300_000;
    world.sim.runUntil(() -> world.sim.nowMillis() > until);
    assertTrue(world.chain.counted.size() <= 3);
    assertTrue(world.chain.attempt > 0);
    assertEquals(List.of(1), world.chain.awaited(), "it does not accept again");
    world.handle(
        1,
        new MinerInput.TensorReceived(
            Tiny.key(Chain.AUDITOR),
            new EvidenceName(EvidenceTest.slot(1), 0, 0, 0, EvidenceName.Kind.ASK),
            Bytes.EMPTY));
    assertEquals(EvidenceName.Kind.INDEX, ((EvidenceName) world.answers.getLast().name()).kind());
    world.chain.rematch(1, world.spare());
    world.sim.runUntil(() -> MinerTest.done(world));
    MinerTest.checkAgainst(EXPECTED, world);
  }

  @Test
  void r20AFlippedBitIsConcededAndHonestWorkIsStoodBy() throws Malformed {
    Machine flipping = new BitFlip(new ReferenceMachine(), 1, PLAN.microBatches(), 20);
    World world =
        new World(
            41, PLAN, new ReferenceMachine(), new TreeMap<>(), new TreeMap<>(Map.of(1, flipping)));
    world.sim.runUntil(() -> MinerTest.done(world));
    List<Accusations.Accused> accused = new ArrayList<>();
    List<Concede> expected = new ArrayList<>();
    for (int round = 0; round < PLAN.rounds().count(); round++) {
      for (int step = 0; step < PLAN.rounds().stepsOf(round); step++) {
        Accusations.Accused one = accused(world, round, step);
        accused.add(one);
        if (audit(world, 1, round, step) != StageAudit.Finding.EQUAL) {
          expected.add(new Concede(one.audit().id()));
        }
      }
    }
    assertFalse(expected.isEmpty());
    List<AuditId> right =
        accused.stream()
            .map(one -> one.audit().id())
            .filter(id -> !expected.contains(new Concede(id)))
            .toList();
    for (Accusations.Accused one : accused) {
      world.chain.accused.put(1, List.of(one));
      long until = world.sim.nowMillis() + 1_000;
      world.sim.runUntil(() -> world.sim.nowMillis() > until);
    }
    assertEquals(expected, world.chain.conceded.stream().distinct().toList());
    assertEquals(right, world.chain.appealed.stream().map(Appeal::audit).distinct().toList());
  }

  @Test
  void r20ALiarDoesNotConcede() {
    World world = trained(1, Fault.SKIPS_WORK);
    world.chain.accused.put(1, List.of(accused(world, PLAN.rounds().count() - 1, 0)));
    long until = world.sim.nowMillis() + 3_000;
    world.sim.runUntil(() -> world.sim.nowMillis() > until);
    assertEquals(List.of(), world.chain.conceded);
  }

  private static World world(int node, Fault fault) {
    return new World(41, PLAN, new ReferenceMachine(), new TreeMap<>(Map.of(node, fault)));
  }

  private static World trained(int node, Fault fault) {
    World world = world(node, fault);
    world.sim.runUntil(() -> MinerTest.done(world));
    return world;
  }

  private static StageAudit.Finding audit(World world, int stage, int round, int step)
      throws Malformed {
    try (StageAudit bench =
        new StageAudit(
            new ReferenceMachine(), PLAN.stages().get(stage), PLAN.training(), Tiny.TOLERANCE)) {
      return bench
          .audit(
              EvidenceTest.evidence(world, PLAN, stage, round)
                  .assemble(
                      step,
                      Hash.ZERO,
                      name -> EvidenceTest.blob(world, name),
                      Optional.of(PLAN.open(Tiny.TEXT))),
              true)
          .finding();
    }
  }

  private static Accusations.Accused accused(World world, int round, int step) {
    Audit audit =
        new Audit(
            new AuditId(Tiny.JOB, 100L * round + step),
            EvidenceTest.slot(1),
            Tiny.address(1),
            round,
            round,
            0,
            step,
            Hashing.of("seed"),
            Audit.Phase.CONCEDING,
            new Moment(0, 0),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            Audit.Contest.NONE);
    return new Accusations.Accused(audit, EvidenceTest.closed(world, 1, round), true);
  }
}
