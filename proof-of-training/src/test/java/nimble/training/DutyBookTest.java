package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditId;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.ledger.Miners;
import nimble.ledger.Overlay;
import nimble.training.Audit.Phase;
import nimble.training.role.KeepDuty;
import nimble.training.role.auditor.AuditDuty;
import nimble.training.role.auditor.Duties;
import nimble.training.role.auditor.DutyBook;
import nimble.training.role.auditor.StageDuty;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;
import org.junit.jupiter.api.Test;

/// What the one validator of a [World] reads from its state.
final class DutyBookTest {
  private static final Address SELF = World.address(World.VALIDATOR);
  private static final Address OTHER = World.address(World.FIRST_MINER);

  private static final TrainingRules RULES =
      new TrainingRules(World.PARAMETERS.training().withAuditors(2));

  private final World world = new World(10, 20, 30);
  private final JobId id = world.submit(Specs.spec(40));

  private static DutyBook book(int account) {
    return new DutyBook(World.hotKey(account), RULES);
  }

  private Duties duties(Overlay state) {
    return book(World.VALIDATOR).in(state);
  }

  @Test
  void whoIsNoValidatorHasNoDuties() {
    assertEquals(Duties.NONE, book(World.FIRST_MINER).in(world.state()));
  }

  @Test
  void r13StagesAreJoinedOnceAndShownWhenAllShow() {
    Overlay state = new Overlay(world.state());
    List<StageDuty> matched = duties(state).stages();
    assertEquals(3, matched.size());
    assertTrue(matched.stream().allMatch(stage -> stage.mayJoin() && !stage.mayOpen()));
    Auditor joined = new Auditor(SELF, Specs.hash("hidden"), Optional.empty());
    Jobs.putAuditors(state, World.slot(id, 1), List.of(joined));
    StageDuty waits = duties(state).stages().get(1);
    assertTrue(!waits.mayJoin() && !waits.mayOpen());
    assertEquals(Optional.of(Specs.hash("hidden")), waits.commitment());
    Jobs.putOpening(state, id);
    assertTrue(duties(state).stages().get(1).mayOpen());
    assertTrue(duties(state).stages().stream().noneMatch(StageDuty::mayJoin));
    Jobs.putAuditors(state, World.slot(id, 1), List.of(joined.open(World.digest(1))));
    assertEquals(Optional.of(World.digest(1)), duties(state).stages().get(1).numericClass());
  }

  @Test
  void r14AuditsConcernWhoSitsHoldsOrIsAsked() {
    world.start(id);
    world.round(id);
    ClosedStage claimed = Jobs.unsettled(world.state(), id, 0).orElseThrow().stages().get(1);
    for (Phase phase : Phase.values()) {
      Overlay state = new Overlay(world.state());
      Jobs.put(state, audit(0, phase, List.of(AuditSeat.of(SELF)), List.of()));
      Jobs.put(state, audit(1, phase, List.of(AuditSeat.of(OTHER)), List.of()));
      Jobs.put(state, audit(2, phase, List.of(AuditSeat.of(SELF).fallSilent()), List.of(SELF)));
      List<AuditDuty> audits = duties(state).audits();
      boolean everyone =
          phase == Phase.CHALLENGED || phase == Phase.VOTING || phase == Phase.DISPUTED;
      assertEquals(
          everyone ? List.of(0L, 1L, 2L) : List.of(0L, 2L),
          audits.stream().map(duty -> duty.audit().id().number()).toList());
      assertTrue(audits.stream().allMatch(duty -> duty.claimed().equals(claimed)));
      Address miner = world.job(id).stages().get(1).miner();
      assertEquals(
          List.of(Miners.get(state, miner).orElseThrow().hotKey()), audits.getFirst().sources());
    }
  }

  @Test
  void r17ACheckpointIsKeptByItsKeeperWhileTheJobMayGoBack() {
    world.start(id);
    world.round(id);
    world.round(id);
    world.work(world.checkpoint(id, 1, 1));
    Overlay state = new Overlay(world.state());
    assertTrue(duties(state).keeps().isEmpty());
    Auditor keeper = new Auditor(SELF, Specs.hash("hidden"), Optional.of(World.digest(1)));
    Jobs.putAuditors(state, World.slot(id, 1), List.of(keeper));
    KeepDuty keep = duties(state).keeps().getFirst();
    assertEquals(world.checkpoint(id, 1, 1).manifest(), keep.manifest());
    assertEquals(world.job(id).stages().get(1).stateRoot(), Optional.of(keep.stateRoot()));
    assertFalse(keep.kept());
    CheckpointKept call = new CheckpointKept(keep.slot(), 1, keep.attempt(), SELF);
    assertEquals(Optional.of(World.hotKey(World.VALIDATOR)), RULES.signerOf(state, call));
  }

  /// Of a job that left no model; who held nothing of it has nothing to keep.
  @Test
  void r17TheLastCheckpointOfAJobThatWasCancelledIsKeptForThreeDays() {
    world.start(id);
    world.round(id);
    world.round(id);
    world.hold(id, 1);
    Overlay held = new Overlay(world.state());
    ResumePoint point = ResumePoints.at(held, id, 1).orElseThrow();
    ResumePoint.Part part = point.stages().get(2).keep(SELF, Optional.empty());
    ResumePoints.put(held, id, point.with(2, part));
    world.override(held);
    world.done(World.DEVELOPER, new JobCancel(id));
    world.round(id);
    world.idle(12);
    assertEquals(JobState.CANCELLED, world.job(id).state());
    DutyBook book = book(World.VALIDATOR);
    List<KeepDuty> keeps = book.in(world.state()).keeps();
    assertEquals(List.of(2), keeps.stream().map(keep -> keep.slot().stage()).toList());
    assertTrue(keeps.getFirst().kept(), "nothing more is to be said");
    assertEquals(Specs.hash("checkpoint 2 1"), keeps.getFirst().manifest());
    world.blockMillis = DutyBook.RESULTS_MILLIS;
    world.idle(2);
    assertEquals(List.of(), book.in(world.state()).keeps());
    assertEquals(List.of(), book(World.VALIDATOR).in(world.state()).keeps(), "a new process");
  }

  @Test
  void nothingIsDoneForAJobThatIsOver() {
    world.start(id);
    world.rounds(id);
    world.checkpoints(id);
    world.idle(40);
    Duties duties = book(World.VALIDATOR).in(world.state());
    assertTrue(duties.stages().isEmpty() && duties.audits().isEmpty() && duties.keeps().isEmpty());
  }

  private Audit audit(long number, Phase phase, List<AuditSeat> seats, List<Address> holders) {
    return new Audit(
        new AuditId(id, number),
        World.slot(id, 1),
        world.job(id).stages().get(1).miner(),
        0,
        0,
        0,
        3,
        Specs.hash("seed"),
        phase,
        new Moment(0, 0),
        seats,
        List.of(),
        holders.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Challenge(
                    OTHER,
                    holders.stream()
                        .map(it -> new Challenge.Part(it, 1, Optional.of(Specs.hash("bundle"))))
                        .toList(),
                    Optional.empty())),
        List.of(),
        Audit.Contest.NONE);
  }
}
