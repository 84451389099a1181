package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.Concede;
import nimble.chain.AuditCall.DataAnswer;
import nimble.chain.AuditCall.VerdictVote;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.JobAccept;
import nimble.chain.WorkCall.RoundCommit;
import nimble.ledger.Execution.Executed;
import nimble.ledger.Execution.Invalid;
import nimble.sim.Seeds;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Work calls of all kinds at all times: an open slot is filled once, anything else makes its block
/// invalid.
final class SlotsTest {
  private static final long PRICE = 100_000_000;

  @Test
  void l4OpenSlotsAreFilledOnceAndNothingElseIs() {
    Seeds.forEach(
        12,
        random -> {
          World world = new World(PRICE, PRICE, PRICE);
          JobId id = world.submit(Specs.spec(25));
          for (int i = 0; i < 60; i++) {
            List<WorkCall> open = new ArrayList<>();
            for (WorkCall call : anyCalls(world, id, random)) {
              check(world, call, open);
            }
            if (open.isEmpty() || random.nextInt(6) == 0) {
              world.idle(1 + random.nextInt(20));
            } else {
              world.work(open.get(random.nextInt(open.size())));
            }
          }
        });
  }

  @Test
  void l4SlotsOfAuditsToo() {
    Seeds.forEach(
        12,
        random -> {
          long[] stakes = {1_000 * World.NIM, 1_000 * World.NIM, 1_000 * World.NIM};
          World world = Panel.world(stakes, PRICE, PRICE, PRICE);
          Panel panel = new Panel(world, world.submit(Panel.alwaysAudited(25)));
          for (int i = 0; i < 90; i++) {
            List<WorkCall> open = new ArrayList<>();
            List<WorkCall> calls = anyCalls(world, panel.id, random);
            calls.addAll(anyAuditCalls(panel, random));
            for (WorkCall call : calls) {
              check(world, call, open);
            }
            if (open.isEmpty() || random.nextInt(8) == 0) {
              world.idle(1 + random.nextInt(6));
            } else {
              world.work(open.get(random.nextInt(open.size())));
            }
          }
        });
  }

  /// Of open audits, of closed ones, of none; of validators, and of who is none.
  private static List<WorkCall> anyAuditCalls(Panel panel, SplittableRandom random) {
    List<WorkCall> calls = new ArrayList<>();
    for (int account = 0; account < panel.world.validators.getLast() + 1; account++) {
      int stage = random.nextInt(4);
      calls.add(panel.join(stage, account));
      calls.add(panel.open(stage, account));
      calls.add(panel.join(stage, account, Specs.anyHash(random)));
    }
    List<Verdict> verdicts = List.of(Verdict.values());
    Verdict verdict = verdicts.get(random.nextInt(verdicts.size()));
    for (Audit audit : panel.audits()) {
      int account = random.nextInt(panel.world.validators.getLast() + 1);
      int validator = panel.world.validators.get(random.nextInt(3));
      calls.addAll(Panel.everything(audit, account, verdict));
      calls.addAll(Panel.everything(audit, validator, verdict));
      AuditId other = new AuditId(new JobId(1 + random.nextInt(2)), random.nextInt(40));
      calls.add(new Concede(other));
      calls.add(new VerdictVote(other, World.address(validator), verdict, Panel.ANSWER));
      calls.add(new DataAnswer(other, World.address(validator), Panel.BUNDLE));
      calls.add(new AuditCommit(other, World.address(validator), Specs.anyHash(random)));
    }
    return calls;
  }

  private static void check(World world, WorkCall call, List<WorkCall> open) {
    if (world.isOpen(call)) {
      open.add(call);
      assertInstanceOf(Executed.class, world.attempt(call));
      assertInstanceOf(Invalid.class, world.attempt(call, call), "filled once");
    } else {
      assertInstanceOf(Invalid.class, world.attempt(call));
    }
  }

  private static List<WorkCall> anyCalls(World world, JobId id, SplittableRandom random) {
    List<WorkCall> calls = new ArrayList<>();
    for (int stage = 0; stage < 3; stage++) {
      calls.add(world.accept(id, stage));
      calls.add(world.open(id, stage));
      calls.add(world.commit(id, stage));
      calls.add(world.lie(id, stage));
      calls.add(world.checkpoint(id, stage, random.nextInt(4)));
    }
    StageSlot slot =
        new StageSlot(new JobId(1 + random.nextInt(2)), random.nextInt(5), random.nextInt(2));
    calls.add(new JobAccept(slot, random.nextInt(3), Specs.anyHash(random)));
    calls.add(new ClassOpen(slot, Specs.anyHash(random)));
    calls.add(
        new CheckpointRecord(
            slot, random.nextInt() >>> 1, random.nextInt(2), Specs.anyHash(random)));
    calls.add(
        new RoundCommit(
            slot,
            random.nextInt(4),
            random.nextInt(2),
            Specs.anyHash(random),
            Specs.anyHash(random),
            Specs.anyHash(random),
            Specs.anyHash(random),
            random.nextBoolean() ? OptionalInt.of(1) : OptionalInt.empty(),
            random.nextBoolean() ? OptionalInt.of(1) : OptionalInt.empty()));
    return calls;
  }

  @Test
  void l4TheHolderSignsWithItsPresentHotKey() {
    World world = new World(PRICE, PRICE, PRICE);
    JobId id = world.submit(Specs.spec(25));
    for (int stage = 0; stage < 3; stage++) {
      assertEquals(
          World.hotKey(World.FIRST_MINER + stage),
          world.signerOf(world.accept(id, stage)).orElseThrow());
    }
    world.register(World.FIRST_MINER, World.hotKey(99));
    assertEquals(World.hotKey(99), world.signerOf(world.accept(id, 0)).orElseThrow());
  }

  @Test
  void j7LossesComeFromTheLastStageOnly() {
    World world = new World(PRICE, PRICE, PRICE);
    JobId id = world.submit(Specs.spec(10));
    world.start(id);
    RoundCommit first = world.commit(id, 0);
    RoundCommit last = world.commit(id, 2);
    assertTrue(last.validationLossBits().isPresent(), "the last round validates");
    for (OptionalInt loss : List.of(OptionalInt.of(1), OptionalInt.empty())) {
      for (OptionalInt validation : List.of(OptionalInt.of(1), OptionalInt.empty())) {
        int given = (loss.isPresent() ? 1 : 0) + (validation.isPresent() ? 1 : 0);
        assertEquals(given == 0, world.isOpen(with(first, loss, validation)));
        assertEquals(given == 2, world.isOpen(with(last, loss, validation)));
      }
    }
  }

  private static RoundCommit with(RoundCommit commit, OptionalInt loss, OptionalInt validation) {
    return new RoundCommit(
        commit.slot(),
        commit.round(),
        commit.attempt(),
        commit.stateRootAfter(),
        commit.stepsRoot(),
        commit.leftRoot(),
        commit.rightRoot(),
        loss,
        validation);
  }
}
