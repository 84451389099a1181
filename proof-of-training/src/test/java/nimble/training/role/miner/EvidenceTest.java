package nimble.training.role.miner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.Hashing;
import nimble.sim.Seeds;
import nimble.training.ClosedStage;
import nimble.training.Losses;
import nimble.training.RoundRoots;
import nimble.training.role.Audits;
import nimble.training.role.EvidenceName;
import nimble.training.role.Progress;
import nimble.training.role.SendTensor;
import nimble.training.role.Tiny;
import nimble.training.role.evidence.BlobName;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RoundEvidence;
import nimble.training.role.evidence.RoundIndex;
import nimble.types.Hash;
import nimble.vm.audit.Evidence;
import nimble.vm.audit.StageAudit;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

final class EvidenceTest {
  private static final Plan PLAN = Tiny.plan(7, 3);

  @Test
  void r12WhatMinersKeepProvesTheirRounds() throws Malformed {
    World world = MinerTest.trained(21, PLAN, w -> {});
    for (int stage = 0; stage < PLAN.depth(); stage++) {
      try (StageAudit bench =
          new StageAudit(
              new ReferenceMachine(), PLAN.stages().get(stage), PLAN.training(), Tiny.TOLERANCE)) {
        for (int round = 0; round < PLAN.rounds().count(); round++) {
          RoundEvidence evidence = evidence(world, stage, round);
          int steps = evidence.index().steps().size();
          assertEqualTo(world, bench, evidence, 0);
          assertEqualTo(world, bench, evidence, steps - 1);
        }
      }
    }
  }

  @Test
  void r12AnIndexThatWasTamperedWithIsNotThatOfTheRound() throws Malformed {
    World world = MinerTest.trained(22, PLAN, w -> {});
    for (int stage = 0; stage < PLAN.depth(); stage++) {
      RoundEvidence evidence = evidence(world, stage, 1);
      RoundRoots roots = evidence.claimed().roots();
      int at = stage;
      Bytes good = evidence.index().encode();
      Seeds.forEach(
          300,
          random -> {
            Optional<RoundIndex> changed = changed(good, random);
            assertTrue(
                changed.isEmpty()
                    || changed.get().problem(roots, PLAN, at, 1).isPresent()
                    || sameButForStart(changed.get(), evidence.index()),
                "a changed index passes");
          });
    }
  }

  @Test
  void r12BlobsOfOtherSizesAreRefused() throws Malformed {
    World world = MinerTest.trained(23, PLAN, w -> {});
    RoundEvidence evidence = evidence(world, 1, 1);
    for (BlobName wrong : evidence.wanted(1)) {
      assertThrows(
          Malformed.class,
          () ->
              evidence.assemble(
                  1,
                  Hash.ZERO,
                  name -> {
                    Bytes blob = blob(world, name);
                    return name.equals(wrong) ? blob.slice(0, blob.size() - 1) : blob;
                  },
                  Optional.empty()),
          () -> "shortened " + wrong);
    }
  }

  @Test
  void r12OnlyValidatorsGetAnIndexAndNotTooOften() {
    World world = MinerTest.trained(24, PLAN, w -> {});
    EvidenceName ask = ask(1, 0);
    world.answers.clear();
    world.handle(1, new MinerInput.TensorReceived(Tiny.key(0), ask, Bytes.EMPTY));
    assertEquals(List.of(), world.answers);
    for (int i = 0; i < 2 * Archive.ANSWERS_MAX; i++) {
      world.handle(1, new MinerInput.TensorReceived(Tiny.key(Chain.AUDITOR), ask, Bytes.EMPTY));
    }
    assertEquals(Archive.ANSWERS_MAX, world.answers.size());
    EvidenceName never = new EvidenceName(ask.slot(), 5, 0, 0, EvidenceName.Kind.ASK);
    World other = MinerTest.trained(24, PLAN, w -> {});
    other.handle(1, new MinerInput.TensorReceived(Tiny.key(Chain.AUDITOR), never, Bytes.EMPTY));
    assertEquals(never.as(EvidenceName.Kind.NONE), other.answers.getLast().name());
  }

  @Test
  void r18SettledRoundsAreGivenUp() {
    World world = MinerTest.trained(25, PLAN, w -> {});
    assertTrue(world.shelves.get(1).groups.containsKey(group(1).name()));
    world.chain.settledRounds = 2;
    long until = world.sim.nowMillis() + 1_000;
    world.sim.runUntil(() -> world.sim.nowMillis() > until);
    assertFalse(world.shelves.get(1).groups.containsKey(group(1).name()));
    assertTrue(world.shelves.get(1).groups.containsKey(group(2).name()));
  }

  @Test
  void r18WithoutRoomNothingIsCommittedAndWithRoomItGoesOn() {
    World world = new World(26, Tiny.plan(8, 2), new ReferenceMachine());
    world.sim.runUntil(() -> world.chain.counted.size() == 1);
    world.shelves.get(1).full = true;
    long until = world.sim.nowMillis() + 20_000;
    world.sim.runUntil(() -> world.sim.nowMillis() > until);
    assertTrue(world.chain.counted.size() < 4);
    assertTrue(world.reports.stream().anyMatch(r -> r.progress() instanceof Progress.Paused));
    world.shelves.get(1).full = false;
    world.sim.runUntil(() -> MinerTest.done(world));
  }

  private static void assertEqualTo(World world, StageAudit bench, RoundEvidence evidence, int step)
      throws Malformed {
    Evidence all =
        evidence.assemble(
            step, Hashing.of("seed"), name -> blob(world, name), Optional.of(PLAN.open(Tiny.TEXT)));
    StageAudit.Result result = bench.audit(all, true);
    assertEquals(StageAudit.Finding.EQUAL, result.finding(), result.reason());
  }

  private static RoundEvidence evidence(World world, int stage, int round) throws Malformed {
    return evidence(world, PLAN, stage, round);
  }

  static RoundEvidence evidence(World world, Plan plan, int stage, int round) throws Malformed {
    RoundIndex index = index(world, stage, round);
    ClosedStage claimed = closed(world, stage, round);
    assertEquals(Optional.empty(), index.problem(claimed.roots(), plan, stage, round));
    return new RoundEvidence(plan, stage, round, index, claimed);
  }

  static RoundIndex index(World world, int stage, int round) throws Malformed {
    world.answers.clear();
    world.handle(
        stage,
        new MinerInput.TensorReceived(Tiny.key(Chain.AUDITOR), ask(stage, round), Bytes.EMPTY));
    SendTensor answer = world.answers.getLast();
    assertEquals(Tiny.key(Chain.AUDITOR), answer.to());
    assertEquals(ask(stage, round).as(EvidenceName.Kind.INDEX), answer.name());
    return Reader.decode(answer.payload(), RoundIndex::read);
  }

  static ClosedStage closed(World world, int stage, int round) {
    RoundCommit commit = world.chain.counted.get(round).get(stage);
    Optional<Hash> before =
        round == 0
            ? Optional.empty()
            : Optional.of(world.chain.counted.get(round - 1).get(stage).stateRootAfter());
    return Audits.closed(
        new RoundRoots(
            commit.stateRootAfter(),
            commit.stepsRoot(),
            commit.leftRoot(),
            commit.rightRoot(),
            new Losses(commit.lossBits(), commit.validationLossBits())),
        before);
  }

  private static Optional<RoundIndex> changed(Bytes good, SplittableRandom random) {
    byte[] bytes = good.toArray();
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    try {
      return Optional.of(Reader.decode(Bytes.wrap(bytes), RoundIndex::read));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  /// The start's name is not committed to: what is in it shows whether it was the right one.
  private static boolean sameButForStart(RoundIndex changed, RoundIndex good) {
    return new RoundIndex(
            good.start(), changed.steps(), changed.left(), changed.right(), changed.lossBits())
        .equals(good);
  }

  static Bytes blob(World world, BlobName name) {
    return world.shelves.stream()
        .flatMap(shelf -> shelf.blob(name.manifest()).stream())
        .findFirst()
        .orElseThrow();
  }

  private static EvidenceName ask(int stage, int round) {
    return new EvidenceName(slot(stage), 0, round, 0, EvidenceName.Kind.ASK);
  }

  private static ShelfGroup group(int round) {
    return ShelfGroup.round(slot(1), 0, round);
  }

  static StageSlot slot(int stage) {
    return new StageSlot(Tiny.JOB, stage, 0);
  }
}
