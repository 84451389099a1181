package nimble.training.role.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import nimble.blob.Blob;
import nimble.blob.ReedSolomon;
import nimble.blob.Rope;
import nimble.blob.Shards;
import nimble.chain.AuditCall;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.sim.Seeds;
import nimble.training.Audit;
import nimble.training.AuditSeat;
import nimble.training.fault.FalseAccuser;
import nimble.training.fault.LazyAuditor;
import nimble.training.fault.SilentAuditor;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorProgress;
import nimble.training.role.Audits;
import nimble.training.role.KeepDuty;
import nimble.training.role.Outcome;
import nimble.training.role.Tiny;
import nimble.training.role.TrainedJob;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RoundIndex;
import nimble.training.role.miner.MachineWork;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.fault.SkipsWork;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

final class AuditorTest {
  private static final Plan PLAN = Tiny.plan(40, 2);
  private static final TrainedJob HONEST = TrainedJob.run(PLAN, 4, _ -> new ReferenceMachine());
  private static final TrainedJob SKIPPED =
      TrainedJob.run(
          PLAN,
          4,
          stage -> stage == 1 ? new SkipsWork(new ReferenceMachine()) : new ReferenceMachine());

  private static AuditWork honest(Plan plan, int stage) {
    return new MachineAudit(new ReferenceMachine(), plan, stage, Tiny.TOLERANCE);
  }

  /// All validators have opened the miners' class for all stages.
  private static AuditWorld world(long seed, TrainedJob job, int count) {
    return world(new AuditWorld(seed, PLAN, job, count, AuditorTest::honest));
  }

  private static AuditWorld world(AuditWorld world) {
    world.chain.open(Audits.CLASS);
    return world;
  }

  private static List<AuditSeat.Reveal> reveals(AuditWorld world, AuditId id) {
    world.sim.runUntil(() -> world.chain.closed.containsKey(id));
    return Optional.ofNullable(world.chain.closed.get(id)).orElseThrow().stream()
        .map(seat -> seat.reveal().orElseThrow())
        .toList();
  }

  private static List<Verdict> verdicts(AuditWorld world, AuditId id) {
    return reveals(world, id).stream().map(AuditSeat.Reveal::verdict).toList();
  }

  @Test
  void r13AValidatorJoinsAndShowsTheClassItMeasured() {
    AuditWorld world = new AuditWorld(1, PLAN, HONEST, 2, AuditorTest::honest);
    world.chain.matching = true;
    world.sim.runUntil(() ->
        world.chain.joined.size() == PLAN.depth()
            && world.chain.joined.values().stream().allMatch(all -> all.size() == 2));
    assertTrue(world.chain.opened.isEmpty());
    world.chain.matching = false;
    world.chain.opening = true;
    world.sim.runUntil(() ->
        world.chain.opened.size() == PLAN.depth()
            && world.chain.opened.values().stream().allMatch(all -> all.size() == 2));
    world.chain.opened.forEach((slot, classes) -> {
      Outcome.Probed miners =
          new MachineWork(new ReferenceMachine(), PLAN, slot.stage(), Tiny.TOLERANCE).probe();
      assertEquals(new TreeSet<>(List.of(miners.numericClass())), new TreeSet<>(classes.values()));
    });
  }

  @Test
  void r14HonestWorkIsUpheldByEqualAnswers() {
    Seeds.forEach(
        2,
        random -> {
          AuditWorld world = world(random.nextLong(), HONEST, 2);
          for (int stage = 0; stage < PLAN.depth(); stage++) {
            AuditId first = world.chain.draw(2L * stage, stage, 0, 1, 0, 1);
            AuditId second = world.chain.draw(2L * stage + 1, stage, 2, 0, 0, 1);
            for (AuditId id : List.of(first, second)) {
              List<AuditSeat.Reveal> reveals = reveals(world, id);
              assertEquals(Verdict.UPHELD, reveals.getFirst().verdict());
              assertEquals(reveals.get(0), reveals.get(1));
            }
          }
          world.sim.runUntil(() -> world.shelves.stream().allMatch(shelf -> shelf.isEmpty()));
        });
  }

  @Test
  void r14WorkThatWasSkippedIsRejected() {
    AuditWorld world = world(3, SKIPPED, 2);
    AuditId skipped = world.chain.draw(0, 1, 3, 1, 0, 1);
    AuditId beside = world.chain.draw(1, 2, 3, 1, 0, 1);
    List<AuditSeat.Reveal> reveals = reveals(world, skipped);
    assertEquals(Verdict.REJECTED, reveals.getFirst().verdict());
    assertEquals(reveals.get(0), reveals.get(1));
    assertEquals(List.of(Verdict.UPHELD, Verdict.UPHELD), verdicts(world, beside));
  }

  @Test
  void r14TheStateOfTheRoundBeforeIsUsedAgain() {
    AuditWorld world = world(4, HONEST, 2);
    AuditId first = world.chain.draw(0, 1, 1, 0, 0, 1);
    AuditId second = world.chain.draw(1, 1, 2, 1, 0, 1);
    verdicts(world, first);
    assertEquals(List.of(Verdict.UPHELD, Verdict.UPHELD), verdicts(world, second));
    assertTrue(world.fetches.contains(start(1, 1)));
    assertFalse(world.fetches.contains(start(1, 2)));
  }

  private static Hash start(int stage, int round) {
    return HONEST.rounds.get(round).get(stage).index().start().orElseThrow().manifest();
  }

  @Test
  void r14ARestartedAuditorFindsItsAnswerAgain() {
    AuditWorld world = world(5, HONEST, 2);
    AuditId id = world.chain.draw(0, 0, 1, 1, 0, 1);
    world.sim.runUntil(
        () -> world.chain.calls.stream().anyMatch(AuditCall.AuditCommit.class::isInstance));
    world.restart(0, AuditorTest::honest);
    world.restart(1, AuditorTest::honest);
    assertEquals(List.of(Verdict.UPHELD, Verdict.UPHELD), verdicts(world, id));
  }

  @Test
  void r13MemoryIsBoundedByAuditsInWork() {
    AuditWorld world = world(6, HONEST, 2);
    for (int i = 0; i < 12; i++) {
      world.chain.draw(i, i % 3, i / 3, i % 2, 0, 1);
    }
    world.sim.runUntil(() -> world.chain.closed.size() == 12);
    assertTrue(
        world.chain.closed.values().stream()
            .allMatch(seats -> seats.stream().allMatch(seat -> seat.reveal().isPresent())));
    assertTrue(world.tasksOutMost <= 2 * Auditor.IN_WORK_MAX);
  }

  @Test
  void r16ChallengedDataIsHadFromValidators() {
    AuditWorld world = world(7, HONEST, 4);
    world.silent.add(1);
    AuditId id = world.chain.draw(0, 1, 2, 1, 0, 1);
    world.sim.runUntil(
        () -> world.chain.calls.stream().anyMatch(AuditCall.DataChallenge.class::isInstance));
    assertTrue(world.sim.nowMillis() >= AuditChain.COMMIT.millis() / 3);
    world.silent.clear();
    world.sim.runUntil(() -> isHeld(world));
    world.silent.add(1);
    assertEquals(List.of(Verdict.UPHELD, Verdict.UPHELD), verdicts(world, id));
  }

  @Test
  void r15WhatComesTooSlowlyIsChallengedInTime() {
    AuditWorld world = world(21, HONEST, 4);
    world.trickles = true;
    world.chain.draw(0, 1, 2, 1, 0, 1);
    world.sim.runUntil(() -> isChallenged(world) || isPast(world, 3));
    assertTrue(isChallenged(world) && isPast(world, 2) && !isPast(world, 3));
  }

  private static boolean isChallenged(AuditWorld world) {
    return world.chain.calls.stream().anyMatch(AuditCall.DataChallenge.class::isInstance);
  }

  /// So many thirds of the time to commit.
  private static boolean isPast(AuditWorld world, int thirds) {
    return world.sim.nowMillis() >= thirds * AuditChain.COMMIT.millis() / 3;
  }

  private static boolean isHeld(AuditWorld world) {
    return world.chain.audits.values().stream().anyMatch(audit -> audit.bundle().isPresent());
  }

  /// Of four that hold shards one is gone, and all others are new processes.
  @Test
  void r30WhatIsHeldOutlivesProcessesAndAHolder() {
    AuditWorld world = world(18, HONEST, 4);
    world.silent.add(1);
    AuditId id = world.chain.draw(0, 1, 2, 1, 0, 1);
    world.sim.runUntil(
        () -> world.chain.calls.stream().anyMatch(AuditCall.DataChallenge.class::isInstance));
    world.silent.clear();
    world.sim.runUntil(() -> isHeld(world));
    world.silent.add(1);
    world.shelves.get(3).clear();
    for (int i = 0; i < 4; i++) {
      world.restart(i, AuditorTest::honest);
    }
    assertEquals(List.of(Verdict.UPHELD, Verdict.UPHELD), verdicts(world, id));
  }

  /// A miner that gives what it was not asked for, to be held.
  private static AuditWorld cutting(long seed, BiFunction<Rope, ReedSolomon, Shards.Cut> cuts) {
    AuditWorld world =
        new AuditWorld(seed, PLAN, HONEST, 4, AuditorTest::honest) {
          @Override
          RoundIndex index(int stage, int round) {
            RoundIndex index = super.index(stage, round);
            return new RoundIndex(
                index.start(), index.steps().subList(1, 2), index.left(), index.right(), List.of());
          }

          @Override
          Shards.Cut cut(Audit audit, ReedSolomon code) {
            List<Bytes> whole = new ArrayList<>();
            super.cut(audit, code).shards().stream()
                .limit(code.needed())
                .forEach(shard -> whole.add(shard.whole()));
            return cuts.apply(new Rope(whole), code);
          }
        };
    return world(world);
  }

  private static void assertWithheld(AuditWorld world, String reason) {
    AuditId id = world.chain.draw(0, 1, 2, 1, 0, 1);
    world.sim.runUntil(() -> isHeld(world));
    Hash withheld = Optional.ofNullable(world.chain.audits.get(id)).orElseThrow().withheld();
    for (AuditSeat.Reveal reveal : reveals(world, id)) {
      assertEquals(Verdict.REJECTED, reveal.verdict());
      assertEquals(withheld, reveal.answer());
    }
    assertTrue(
        world.progress.stream()
            .anyMatch(
                it -> it instanceof AuditorProgress.Redone told && told.reason().contains(reason)),
        world.progress::toString);
  }

  @Test
  void r30ShardsThatAreNotOfOneBundleAreTheMinersFault() {
    assertWithheld(
        cutting(
            19,
            (bundle, code) -> {
              Shards.Cut cut = Shards.cut(code, bundle);
              List<Blob> shards = new ArrayList<>(cut.shards());
              Blob last = shards.removeLast();
              byte[] other = last.whole().toArray();
              other[0] ^= 1;
              shards.add(Blob.of(Bytes.wrap(other)));
              Shards list = new Shards(bundle.size(), shards.stream().map(Blob::id).toList());
              return new Shards.Cut(list, shards);
            }),
        "not those of one bundle");
  }

  @Test
  void r30AnotherBundleIsTheMinersFault() {
    for (Bytes other : List.of(Bytes.utf8("nothing of the kind"), Bytes.wrap(new byte[9_999]))) {
      assertWithheld(cutting(20, (_, code) -> Shards.cut(code, new Rope(List.of(other)))), "");
    }
  }

  @Test
  void r13AuditsWhoseDataIsWithheldHoldNobodyUp() {
    AuditWorld world = world(16, HONEST, 2);
    world.silent.add(1);
    for (int i = 0; i < 2 * Auditor.IN_WORK_MAX; i++) {
      world.chain.draw(i, 1, i % 4, 0, 0, 1);
    }
    world.sim.runUntil(() -> world.sim.nowMillis() > 2_000);
    AuditId id = world.chain.draw(99, 0, 1, 0, 0, 1);
    assertEquals(List.of(Verdict.UPHELD, Verdict.UPHELD), verdicts(world, id));
    assertEquals(2 * Auditor.IN_WORK_MAX, world.chain.audits.size());
  }

  @Test
  void r15WhatIsNotTheCommittedDataIsNoData() {
    AuditWorld world = world(8, HONEST, 4);
    // Of all names only the start state's is not committed to.
    Hash start = start(0, 1);
    byte[] other = HONEST.blob(start).toArray();
    other[other.length - 17] ^= 1;
    world.served.put(start, Bytes.wrap(other));
    AuditId id = world.chain.draw(0, 0, 1, 0, 0, 1);
    world.sim.runUntil(() -> world.chain.closed.containsKey(id));
    assertTrue(world.chain.calls.stream().anyMatch(AuditCall.DataChallenge.class::isInstance));
    // Validators hold what they are given; what it is shows when it is put together.
    List<AuditSeat> seats = Optional.ofNullable(world.chain.closed.get(id)).orElseThrow();
    assertTrue(
        seats.stream().allMatch(seat -> seat.reveal().orElseThrow().verdict() == Verdict.REJECTED));
  }

  @Test
  void r16WhereAnswersDifferEveryValidatorVotesByItself() {
    AuditWorld world = world(new AuditWorld(9, PLAN, SKIPPED, 4, AuditorTest::honest));
    world.auditors.set(
        1, AuditWorld.auditor(1, (plan, stage) -> new LazyAuditor(honest(plan, stage), 7)));
    AuditId id = world.chain.draw(0, 1, 3, 0, 0, 1);
    world.sim.runUntil(
        () -> world.chain.audits.values().stream().anyMatch(a -> a.votes().size() == 4));
    assertEquals(
        3,
        world.chain.audits.values().stream()
            .flatMap(audit -> audit.votes().stream())
            .filter(vote -> vote.verdict() == Verdict.REJECTED)
            .count());
    assertTrue(world.chain.audits.containsKey(id));
  }

  @Test
  void r16OtherClassesVoteWithTolerance() {
    for (TrainedJob job : List.of(HONEST, SKIPPED)) {
      AuditWorld world = world(13, job, 4);
      StageSlot slot = new StageSlot(Tiny.JOB, 1, 0);
      for (int i = 2; i < 4; i++) {
        Optional.ofNullable(world.chain.opened.get(slot))
            .orElseThrow()
            .put(AuditChain.account(i), Hashing.of("another class"));
      }
      world.auditors.set(
          1, AuditWorld.auditor(1, (plan, stage) -> new FalseAccuser(honest(plan, stage))));
      world.auditors.set(
          0, AuditWorld.auditor(0, (plan, stage) -> new LazyAuditor(honest(plan, stage), 1)));
      world.chain.draw(0, 1, 3, 0, 0, 1);
      world.sim.runUntil(
          () -> world.chain.audits.values().stream().anyMatch(a -> a.votes().size() == 4));
      Verdict expected = job == HONEST ? Verdict.UPHELD : Verdict.REJECTED;
      world.chain.audits.values().stream()
          .flatMap(audit -> audit.votes().stream())
          .filter(vote ->
              vote.validator().equals(AuditChain.account(2))
                  || vote.validator().equals(AuditChain.account(3)))
          .forEach(vote -> assertEquals(expected, vote.verdict()));
    }
  }

  @Test
  void r15MeansThatDoNotAddUpAreFalseWork() {
    AuditWorld world = world(14, HONEST.withOtherMean(1), 2);
    AuditId id = world.chain.draw(0, 2, 1, 0, 0, 1);
    assertEquals(List.of(Verdict.REJECTED, Verdict.REJECTED), verdicts(world, id));
  }

  @Test
  void r16WhoCannotRunTheProgramIsSilent() {
    AuditWorld world = world(10, HONEST, 2);
    world.auditors.set(
        1, AuditWorld.auditor(1, (plan, stage) -> new SilentAuditor(honest(plan, stage))));
    AuditId id = world.chain.draw(0, 0, 0, 0, 0, 1);
    world.sim.runUntil(() -> world.chain.closed.containsKey(id));
    List<AuditSeat> seats = Optional.ofNullable(world.chain.closed.get(id)).orElseThrow();
    assertTrue(seats.get(0).commitment().isPresent());
    assertTrue(seats.get(1).commitment().isEmpty());
    assertTrue(world.progress.stream().anyMatch(AuditorProgress.Failed.class::isInstance));
  }

  @Test
  void r17AKeeperFetchesChecksAndSaysSo() {
    AuditWorld world = world(15, HONEST, 1);
    KeepDuty right = keep(start(1, 2), 1);
    KeepDuty wrong = keep(start(1, 3), 0);
    world.keeps.getFirst().addAll(List.of(wrong, right, left(right)));
    CheckpointKept said =
        new CheckpointKept(right.slot(), right.round(), right.attempt(), right.custodian());
    world.sim.runUntil(() -> world.chain.calls.contains(said));
    long until = world.sim.nowMillis() + 20_000;
    world.sim.runUntil(() -> world.sim.nowMillis() > until);
    assertEquals(Set.of(said), new HashSet<>(world.chain.calls));
    assertEquals(Set.of(AuditorKeep.group(right)), world.shelves.getFirst().keySet());
    world.keeps.getFirst().clear();
    world.sim.runUntil(() -> world.shelves.getFirst().isEmpty());
  }

  /// The same of a job that is over: what there is of it stays, and nothing waits for it.
  private static KeepDuty left(KeepDuty keep) {
    return new KeepDuty(
        new StageSlot(new JobId(Tiny.JOB.value() - 1), 1, 0),
        keep.plan(),
        keep.round(),
        keep.attempt(),
        keep.custodian(),
        keep.manifest(),
        keep.stateRoot(),
        true,
        keep.sources());
  }

  /// The state at the start of round `after + 1`, said to be recorded under `manifest`.
  private static KeepDuty keep(Hash manifest, int after) {
    return new KeepDuty(
        new StageSlot(Tiny.JOB, 1, 0),
        PLAN,
        after,
        0,
        AuditChain.account(0),
        manifest,
        HONEST.rounds.get(after).get(1).closed().roots().stateRootAfter(),
        false,
        List.of(Tiny.key(1)));
  }

  @Test
  void stoppingFreesEverything() {
    AuditWorld world = world(11, HONEST, 1);
    world.chain.draw(0, 0, 1, 0, 0);
    world.sim.runUntil(() -> world.tasksOut > 0);
    world.handle(0, new AuditorInput.Stopping());
    world.sim.runUntil(() -> world.auditors.getFirst().idle());
    world.handle(0, new AuditorInput.Finalized(world.chain.now(), world.duties(0)));
    assertTrue(world.auditors.getFirst().idle());
  }

  @Test
  void groupsOfAuditsThatAreOverAreDroppedAtTheStart() {
    Auditor auditor = AuditWorld.auditor(0, AuditorTest::honest);
    AuditWorld world = world(12, HONEST, 1);
    world.chain.draw(5, 0, 1, 0, 0);
    auditor.handle(new AuditorInput.Finalized(world.chain.now(), world.duties(0)));
    List<AuditorEffect> effects =
        auditor.handle(
            new AuditorInput.GroupsFound(
                new TreeSet<>(List.of("audit-7-5", "audit-7-4", "round-7-1"))));
    assertTrue(effects.contains(new AuditorEffect.Drop("audit-7-4")));
    assertFalse(effects.contains(new AuditorEffect.Drop("audit-7-5")));
    assertFalse(effects.contains(new AuditorEffect.Drop("round-7-1")));
  }
}
