package nimble.training;

import static nimble.chain.Verdict.REJECTED;
import static nimble.chain.Verdict.UPHELD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.AuditCall.DisputeFinding;
import nimble.chain.AuditCall.SketchCommit;
import nimble.chain.AuditCall.SketchOpen;
import nimble.chain.AuditId;
import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.DoubleVote;
import nimble.chain.WorkCall.JobAccept;
import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.ledger.Execution.Executed;
import nimble.ledger.Execution.Invalid;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.Refusal;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Work calls that nobody waits for, in each state of a job and of an audit: each is refused in
/// stated words, by the mempool and by the block that would carry it, and changes nothing. What a
/// dispute refuses is in [BadMovesTest].
final class BadCallsTest {
  private static final long STAKE = 1_000 * World.NIM;
  private static final long PRICE = 100_000_000;
  private static final Hash OTHER = Specs.hash("something else");
  private static final Bytes BYTE = Bytes.wrap(new byte[1]);

  private final World world =
      Panel.world(new long[] {STAKE, STAKE, STAKE}, PRICE, PRICE, PRICE, PRICE);
  private final JobId id = world.submit(Panel.alwaysAudited(60));
  private final Panel panel = new Panel(world, id);
  private final Address stranger = World.address(90);
  private final StageSlot first = World.slot(id, 0);

  /// @param why what follows "no open slot for …: "
  record Row(WorkCall call, String why) {}

  static Row row(WorkCall call, String why) {
    return new Row(call, why);
  }

  static void check(World world, Row... rows) {
    for (Row row : rows) {
      assertEquals(row.call(), again(row.call()));
      var before = world.stored();
      Refusal refusal = world.offer(row.call()).orElseThrow(() -> new AssertionError(row));
      assertInstanceOf(Refusal.NoOpenSlot.class, refusal);
      assertTrue(refusal.words().startsWith("no open slot for "), refusal.words());
      assertTrue(refusal.words().endsWith(": " + row.why()), () -> refusal.words() + "\n" + row);
      refused(world, row.call(), refusal.words());
      assertEquals(before, world.stored());
    }
  }

  /// By a block; one without it is valid, and finds all money there (L1).
  static void refused(World world, WorkCall call, String words) {
    String reason = assertInstanceOf(Invalid.class, world.attempt(call)).reason();
    assertEquals(
        "work call %s: %s".formatted(new SignedWorkCall(call, World.NONE).id(), words), reason);
    assertInstanceOf(Executed.class, world.attempt());
  }

  private static WorkCall again(WorkCall call) {
    try {
      return Reader.decode(Writer.encode(call::write), WorkCall::read);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private static String at(Address account, String what) {
    return account + " " + what;
  }

  private Address miner(int stage) {
    return world.job(id).stages().get(stage).miner();
  }

  private Address auditor(int index) {
    return World.address(world.validators.get(index));
  }

  private WorkCall in(StageSlot slot, RoundCommit commit) {
    return with(slot, commit.round(), commit.attempt(), commit, commit.lossBits());
  }

  private static RoundCommit with(
      StageSlot slot, int round, int attempt, RoundCommit commit, OptionalInt loss) {
    return new RoundCommit(
        slot,
        round,
        attempt,
        commit.stateRootAfter(),
        commit.stepsRoot(),
        commit.leftRoot(),
        commit.rightRoot(),
        loss,
        commit.validationLossBits());
  }

  @Test
  void forAnotherJobOrPlace() {
    String places = "job 1 has stages 0 to 2, replica 0";
    StageSlot elsewhere = new StageSlot(new JobId(9), 0, 0);
    StageSlot stage = new StageSlot(id, 3, 0);
    StageSlot replica = new StageSlot(id, 0, 1);
    RoundCommit commit = world.commit(id, 0);
    check(
        world,
        row(new JobAccept(elsewhere, 0, OTHER), "there is no job 9"),
        row(new ClassOpen(elsewhere, OTHER), "there is no job 9"),
        row(in(elsewhere, commit), "there is no job 9"),
        row(new SketchCommit(elsewhere, stranger, 0, OTHER), "there is no job 9"),
        row(new JobAccept(stage, 0, OTHER), places),
        row(in(replica, commit), places),
        row(new CheckpointRecord(stage, 0, 0, OTHER), places),
        row(new AuditorOpen(replica, stranger, OTHER), places),
        row(new SketchOpen(stage, stranger, 0, OTHER, stranger, 0), places));
    for (WorkCall call : everything(new AuditId(new JobId(9), 0))) {
      check(world, row(call, "there is no job 9"));
    }
    for (WorkCall call : everything(new AuditId(id, 7))) {
      check(world, row(call, "audit 1#7 is not open"));
    }
  }

  private List<WorkCall> everything(AuditId audit) {
    return Panel.everything(audit, world.validators.getFirst(), UPHELD);
  }

  @Test
  void beforeAJobRuns() {
    String matched = "job 1 is MATCHED: ";
    Hash accepted = NumericClass.commitment(OTHER, miner(0));
    check(
        world,
        row(world.commit(id, 0), matched + "no round is awaited"),
        row(world.open(id, 0), matched + "nobody shows a class yet"),
        row(world.checkpoint(id, 0, 0), matched + "no checkpoints are awaited"),
        row(world.kept(id, 0, 0, miner(1)), matched + "no checkpoints are awaited"),
        row(new JobAccept(first, 1, accepted), "attempt 1, the job is at 0"),
        row(panel.open(0, World.VALIDATOR), matched + "nobody shows a class"),
        row(panel.join(0, 90), at(stranger, "is no validator")),
        row(new SketchCommit(first, auditor(0), 0, OTHER), matched + "nothing is sketched"));
    WorkCall accept = world.accept(id, 0);
    WorkCall join = panel.join(0, World.VALIDATOR);
    world.work(accept, join);
    check(
        world, row(accept, at(miner(0), "has accepted")), row(join, at(auditor(0), "has joined")));
  }

  @Test
  void whenClassesAreShown() {
    panel.joinAll();
    for (int stage = 0; stage < 3; stage++) {
      world.work(world.accept(id, stage));
    }
    check(
        world,
        row(new ClassOpen(first, OTHER), at(miner(0), "committed to another class")),
        row(world.accept(id, 0), at(miner(0), "has accepted")),
        row(panel.join(0, World.VALIDATOR), "job 1 is MATCHED: no auditors are awaited"),
        row(panel.open(0, 90), at(stranger, "has not joined")),
        row(
            new AuditorOpen(first, auditor(0), OTHER),
            at(auditor(0), "committed to another class")));
    WorkCall open = world.open(id, 0);
    WorkCall opened = panel.open(0, World.VALIDATOR);
    world.work(open, opened);
    check(
        world,
        row(open, at(miner(0), "has shown its class")),
        row(opened, at(auditor(0), "has shown its class")));
  }

  /// Nobody copies it, nobody else has it, and one spare is too few for three: the job ends without
  /// a round, and what is left of its budget goes back.
  @Test
  void aClassThatNobodyHas() {
    for (int account : world.validators) {
      for (int stage = 0; stage < 3; stage++) {
        world.work(panel.join(stage, account, OTHER));
      }
    }
    for (int stage = 0; stage < 3; stage++) {
      world.work(world.accept(id, stage));
    }
    long before = world.balance(World.DEVELOPER);
    for (int account : world.validators) {
      for (int stage = 0; stage < 3; stage++) {
        world.work(new AuditorOpen(World.slot(id, stage), World.address(account), OTHER));
      }
    }
    for (int stage = 0; stage < 3; stage++) {
      world.work(world.open(id, stage));
    }
    world.idle(16);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertTrue(
        world.job(id).status().reason().startsWith("stage 1: class "),
        world.job(id).status().reason());
    assertTrue(world.balance(World.DEVELOPER) > before + 90 * World.NIM, "refunded");
    check(world, row(world.commit(id, 0), "job 1 is EXPIRED: no round is awaited"));
  }

  @Test
  void whileAJobRuns() {
    panel.start();
    RoundCommit commit = world.commit(id, 0);
    RoundCommit last = world.commit(id, 2);
    OptionalInt loss = OptionalInt.of(1);
    String losses = "the last stage adds the loss, nobody else";
    check(
        world,
        row(with(first, 1, 0, commit, commit.lossBits()), "the job is at round 0"),
        row(with(first, 0, 1, commit, commit.lossBits()), "attempt 1, the job is at 0"),
        row(with(first, 0, 0, commit, loss), losses),
        row(with(last.slot(), 0, 0, last, OptionalInt.empty()), losses),
        row(world.accept(id, 0), "job 1 is RUNNING: no miner is awaited"),
        row(world.open(id, 0), "job 1 is RUNNING: nobody shows a class any more"),
        row(panel.join(0, World.VALIDATOR), "job 1 is RUNNING: no auditors are awaited"),
        row(world.checkpoint(id, 0, 0), "no checkpoint after round 0 is awaited"));
    world.work(commit);
    check(world, row(commit, at(miner(0), "has committed")));
    world.work(world.commit(id, 1), last);
    check(world, row(commit, "the job is at round 1"), row(last, "the job is at round 1"));
  }

  @Test
  void checkpointsAndCopies() {
    panel.start();
    world.round(id);
    world.round(id);
    WorkCall record = world.checkpoint(id, 0, 1);
    WorkCall kept = world.kept(id, 0, 1, miner(1));
    check(
        world,
        row(kept, "the checkpoint is not recorded"),
        row(new CheckpointRecord(first, 1, 3, OTHER), "attempt 3, round 1 was closed in attempt 0"),
        row(world.checkpoint(id, 0, 0), "no checkpoint after round 0 is awaited"));
    world.work(record);
    check(
        world,
        row(record, "it is recorded"),
        row(world.kept(id, 0, 1, miner(2)), at(miner(2), "is no custodian of stage 0")),
        row(world.kept(id, 0, 1, stranger), at(stranger, "is no custodian of stage 0")));
    world.work(kept);
    check(world, row(kept, at(miner(1), "holds it")));
  }

  @Test
  void sketchesOfDrift() {
    panel.start();
    long epoch = MoneyEpoch.of(world.state()).number();
    check(
        world,
        row(
            new SketchCommit(first, auditor(0), epoch, OTHER),
            at(auditor(0), "is of the miner's class")),
        row(
            new SketchCommit(first, auditor(0), epoch + 1, OTHER),
            "epoch %d, %d runs".formatted(epoch + 1, epoch)),
        row(new SketchCommit(first, stranger, epoch, OTHER), at(stranger, "has shown no class")),
        row(
            new SketchOpen(first, auditor(0), epoch, OTHER, miner(0), 9_000),
            "epoch %d is shown in the next, %d runs".formatted(epoch, epoch)));
  }

  private Address seat(Audit audit, int index) {
    return audit.heard().get(index).auditor();
  }

  @Test
  void whileAuditorsCommit() {
    panel.start();
    Audit audit = panel.drawn();
    String now = "audit %s is COMMITTING, not ".formatted(audit.id());
    WorkCall commit = Panel.commit(audit, seat(audit, 0), UPHELD, Panel.ANSWER);
    AuditReveal reveal = Panel.reveal(audit, seat(audit, 0), UPHELD, Panel.ANSWER);
    check(
        world,
        row(reveal, now + "REVEALING"),
        row(Panel.answer(audit, World.VALIDATOR), now + "CHALLENGED"),
        row(Panel.concede(audit), now + "CONCEDING"),
        row(Panel.vote(audit, World.VALIDATOR, UPHELD), now + "VOTING"),
        row(Panel.appeal(audit), "audit %s is COMMITTING: too early or late".formatted(audit.id())),
        row(new DisputeFinding(audit.id(), auditor(0), OTHER), now + "DISPUTED"),
        row(Panel.commit(audit, stranger, UPHELD, Panel.ANSWER), at(stranger, "has no seat in it")),
        row(Panel.challenge(audit, stranger), at(stranger, "has no seat in it")));
    world.work(commit);
    check(
        world,
        row(commit, at(seat(audit, 0), "has committed")),
        row(reveal, now + "REVEALING"),
        row(Panel.challenge(audit, seat(audit, 0)), at(seat(audit, 0), "has committed")));
  }

  @Test
  void whileAuditorsReveal() {
    panel.start();
    Audit audit = panel.drawn();
    world.work(
        Panel.commit(audit, seat(audit, 0), UPHELD, Panel.ANSWER),
        Panel.commit(audit, seat(audit, 1), REJECTED, OTHER));
    AuditReveal reveal = Panel.reveal(audit, seat(audit, 0), UPHELD, Panel.ANSWER);
    Bytes projection = Bytes.wrap(new byte[AuditReveal.PROJECTION_SIZE]);
    String another = at(seat(audit, 1), "committed to something else");
    check(
        world,
        row(Panel.reveal(audit, seat(audit, 1), REJECTED, Panel.ANSWER), another),
        row(Panel.reveal(audit, seat(audit, 1), UPHELD, OTHER), another),
        row(
            new AuditReveal(audit.id(), seat(audit, 1), REJECTED, OTHER, OTHER, projection),
            another),
        row(Panel.reveal(audit, stranger, UPHELD, OTHER), at(stranger, "has no seat in it")),
        row(
            Panel.commit(audit, seat(audit, 1), UPHELD, Panel.ANSWER),
            "audit %s is REVEALING, not COMMITTING".formatted(audit.id())));
    world.work(reveal);
    check(world, row(reveal, at(seat(audit, 0), "has revealed")));
  }

  @Test
  void whileDataIsChallenged() {
    panel.start();
    Audit audit = panel.drawn();
    WorkCall challenge = Panel.challenge(audit, seat(audit, 0));
    world.work(challenge);
    String now = "audit %s is CHALLENGED, not ".formatted(audit.id());
    WorkCall answer = Panel.answer(audit, World.VALIDATOR);
    world.work(answer);
    check(
        world,
        row(answer, at(auditor(0), "has said so")),
        row(Panel.answer(audit, 90), at(stranger, "is no validator")),
        row(challenge, now + "COMMITTING"),
        row(Panel.commit(audit, seat(audit, 0), UPHELD, OTHER), now + "COMMITTING"));
    world.work(
        Panel.answer(audit, world.validators.get(1)), Panel.answer(audit, world.validators.get(2)));
    check(
        world,
        row(challenge, "audit %s was challenged before".formatted(audit.id())),
        row(answer, "audit %s is COMMITTING, not CHALLENGED".formatted(audit.id())));
  }

  @Test
  void whileTheMinerMayConcedeAndValidatorsVote() {
    panel.start();
    Audit audit = panel.drawn();
    panel.say(audit, UPHELD, REJECTED);
    WorkCall vote = Panel.vote(audit, World.VALIDATOR, UPHELD);
    check(world, row(vote, "audit %s is CONCEDING, not VOTING".formatted(audit.id())));
    world.work(Panel.appeal(audit));
    check(
        world,
        row(Panel.appeal(audit), at(audit.miner(), "has appealed")),
        row(Panel.concede(audit), at(audit.miner(), "has appealed")));
    panel.pass((int) Panel.PARAMETERS.training().auditCommit().blocks(), audit);
    world.work(vote);
    check(
        world,
        row(vote, at(auditor(0), "has voted")),
        row(Panel.vote(audit, 90, UPHELD), at(stranger, "is no validator")),
        row(Panel.concede(audit), "audit %s is VOTING, not CONCEDING".formatted(audit.id())));
  }

  @Test
  void afterTheEnd() {
    panel.start();
    Audit audit = panel.drawn();
    RoundCommit commit = world.commit(id, 0);
    panel.agree(audit, UPHELD);
    for (WorkCall call : everything(audit.id())) {
      check(world, row(call, "audit %s is not open".formatted(audit.id())));
    }
    world.blockMillis = 60_000;
    world.idle(400);
    JobState end = world.job(id).state();
    assertTrue(end.isFinal());
    String over = "job 1 is %s: ".formatted(end);
    check(
        world,
        row(commit, over + "no round is awaited"),
        row(new JobAccept(first, 0, OTHER), over + "no miner is awaited"),
        row(world.open(id, 0), over + "nobody shows a class any more"),
        row(new CheckpointRecord(first, 0, 0, OTHER), over + "no checkpoints are awaited"),
        row(panel.join(0, World.VALIDATOR), over + "no auditors are awaited"),
        row(panel.open(0, World.VALIDATOR), over + "nobody shows a class"),
        row(new SketchCommit(first, auditor(0), 0, OTHER), over + "nothing is sketched"));
  }

  @Test
  void doubleVotesThatAreNone() {
    check(
        world,
        row(
            new DoubleVote(stranger, auditor(0), BYTE, BYTE),
            at(stranger, "does not vote in this epoch")));
    refused(
        world,
        new DoubleVote(auditor(0), auditor(1), BYTE, BYTE),
        "these are no two votes that contradict each other");
  }

  @Test
  void signaturesOfOthers() {
    WorkCall accept = world.accept(id, 0);
    Optional<Refusal> refusal = world.offer(accept, false);
    assertEquals(Optional.of(new Refusal.WrongSignature()), refusal);
    assertEquals("the signature does not hold", refusal.orElseThrow().words());
  }
}
