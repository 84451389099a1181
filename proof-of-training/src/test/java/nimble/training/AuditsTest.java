package nimble.training;

import static nimble.chain.Verdict.DEVIATES;
import static nimble.chain.Verdict.REJECTED;
import static nimble.chain.Verdict.UPHELD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.ledger.Accounts;
import nimble.ledger.Overlay;
import nimble.ledger.Vesting;
import nimble.training.matching.Terms;
import nimble.training.spec.Limits;
import nimble.training.spec.StageNeed;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;
import org.junit.jupiter.api.Test;

/// Audits: every row of the outcome table, every deadline (J16 to J18).
final class AuditsTest {
  private static final long PRICE = 100_000_000;
  private static final long STAKE = 1_000 * World.NIM;
  private static final int COMMIT = 10;
  private static final int REVEAL = 5;
  private static final int CHALLENGE = 30;
  private final World world;
  private final JobId id;
  private final Panel panel;

  AuditsTest() {
    long[] stakes = {STAKE, STAKE, STAKE, STAKE, STAKE, STAKE};
    world = Panel.world(stakes, PRICE, PRICE, PRICE, PRICE);
    id = world.submit(Panel.alwaysAudited(60));
    panel = new Panel(world, id);
  }

  private Audit drawn() {
    if (world.job(id).state() == JobState.MATCHED) {
      panel.start();
    }
    return panel.drawn();
  }

  private static Address seat(Audit audit, int index) {
    return audit.seats().get(index).auditor();
  }

  private long stake(Address validator) {
    return Accounts.get(world.state(), validator).stake();
  }

  private long fee() {
    Job job = world.job(id);
    Terms terms = job.stages().get(0).terms();
    long fee = terms.price(terms.stepOperations()) * 3 / 2;
    assertTrue(fee > 0);
    return fee;
  }

  /// Those that an audit led to.
  private long strikes() {
    return world.entries(id).stream()
        .filter(entry ->
            entry.event() instanceof JobEvent.Struck struck && struck.reason().contains("audit"))
        .count();
  }

  private boolean tells(Class<? extends JobEvent> kind) {
    return world.story(id).contains(kind.getSimpleName());
  }

  @Test
  void j17EqualAndFineIsUpheldAndBothArePaid() {
    Audit audit = drawn();
    assertEquals(2, audit.seats().size());
    panel.agree(audit, UPHELD);
    assertEquals(AuditOutcome.UPHELD, panel.outcome(audit));
    assertTrue(panel.isPaid(audit));
    assertEquals(fee(), panel.paid(audit, seat(audit, 0)));
    assertEquals(fee(), panel.paid(audit, seat(audit, 1)));
    assertFalse(panel.isOpen(audit));
    AuditSums sums = world.job(id).audits();
    assertEquals(3, sums.drawn());
    assertEquals(3, sums.upheld());
    assertEquals(3, sums.verdicts());
    assertEquals(0, sums.rejected());
    StageNeed need = StageNeed.of(Panel.alwaysAudited(60)).getFirst();
    assertEquals(2 * need.auditOperations(10, true), panel.closed().getLast().operations());
  }

  @Test
  void j17RoundSettlesWhenBothDrawsAreDoneAndNoAuditIsOpen() {
    Audit audit = drawn();
    panel.pass(7, audit);
    assertEquals(6, world.job(id).audits().drawn());
    assertEquals(List.of(audit), panel.audits(), "the second draw's audits are over");
    assertEquals(0, world.job(id).progress().settled(), "the first audit is open");
    panel.say(audit, UPHELD, UPHELD);
    assertEquals(1, world.job(id).progress().settled());
    assertEquals(6, world.job(id).audits().upheld(), "a second draw when the window closed");
    assertEquals(1, world.job(id).stages().getFirst().earned().rounds());
  }

  @Test
  void j17EqualBitsThatDeviateAreUnpaidAndStruckNotSlashed() {
    Audit audit = drawn();
    panel.agree(audit, DEVIATES);
    assertEquals(AuditOutcome.DEVIATED, panel.outcome(audit));
    assertFalse(panel.isPaid(audit));
    assertEquals(1, strikes());
    assertEquals(fee(), panel.paid(audit, seat(audit, 0)));
    assertFalse(tells(AuditEvent.Slashed.class));
    assertEquals(1, world.job(id).audits().rejected());
    assertEquals(1, world.job(id).progress().round(), "the round is kept");
  }

  @Test
  void j18AnythingElseIsContestedThenVotedOn() {
    Verdict[][] rows = {
      {UPHELD, DEVIATES}, {UPHELD, REJECTED}, {DEVIATES, REJECTED}, {REJECTED, REJECTED}
    };
    for (Verdict[] row : rows) {
      AuditsTest fresh = new AuditsTest();
      Audit audit = fresh.drawn();
      fresh.panel.say(audit, row);
      assertEquals(Audit.Phase.CONCEDING, fresh.panel.audit(audit).phase());
      assertTrue(fresh.tells(AuditEvent.Contested.class));
      assertTrue(Vesting.isHeld(fresh.world.state(), audit.slot(), audit.miner()));
      fresh.panel.pass(COMMIT, audit);
      assertEquals(Audit.Phase.VOTING, fresh.panel.audit(audit).phase());
      fresh.panel.vote(audit, UPHELD, UPHELD, UPHELD, UPHELD, UPHELD, UPHELD);
      assertEquals(AuditOutcome.UPHELD, fresh.panel.outcome(audit));
      assertTrue(fresh.panel.isPaid(audit));
      assertFalse(Vesting.isHeld(fresh.world.state(), audit.slot(), audit.miner()));
      for (int i = 0; i < 2; i++) {
        assertEquals(
            row[i] == UPHELD ? fresh.fee() : -1,
            fresh.panel.paid(audit, seat(audit, i)),
            "whoever was wrong is unpaid");
      }
    }
  }

  @Test
  void j18EqualVerdictsOnUnequalAnswersAreContested() {
    Audit audit = drawn();
    for (int i = 0; i < 2; i++) {
      world.work(Panel.commit(audit, seat(audit, i), UPHELD, Specs.hash("answer " + i)));
    }
    for (int i = 0; i < 2; i++) {
      world.work(Panel.reveal(audit, seat(audit, i), UPHELD, Specs.hash("answer " + i)));
    }
    assertEquals(Audit.Phase.CONCEDING, panel.audit(audit).phase());
  }

  @Test
  void j17WhoDoesNotCommitIsReplacedAndForfeitsAFee() {
    Audit audit = drawn();
    final long fee = fee();
    final long before = stake(seat(audit, 1));
    world.work(Panel.commit(audit, seat(audit, 0), UPHELD, Panel.ANSWER));
    panel.pass(COMMIT, audit);
    Audit later = panel.audit(audit);
    assertEquals(Audit.Phase.COMMITTING, later.phase());
    assertEquals(3, later.seats().size());
    assertTrue(later.seats().get(1).silent());
    assertEquals(audit.reserve().getFirst(), later.seats().get(2).auditor());
    assertEquals(before - fee, stake(seat(audit, 1)));
    assertFalse(
        world.isOpen(Panel.commit(audit, seat(audit, 1), UPHELD, Panel.ANSWER)), "too late");
    world.work(Panel.commit(later, seat(later, 2), UPHELD, Panel.ANSWER));
    assertEquals(Audit.Phase.REVEALING, panel.audit(audit).phase());
    world.work(Panel.reveal(later, seat(later, 0), UPHELD, Panel.ANSWER));
    world.work(Panel.reveal(later, seat(later, 2), UPHELD, Panel.ANSWER));
    assertEquals(AuditOutcome.UPHELD, panel.outcome(audit));
    assertEquals(-1, panel.paid(audit, seat(audit, 1)));
    assertEquals(fee, panel.paid(audit, seat(later, 2)));
  }

  @Test
  void j17WhoDoesNotRevealIsReplacedWhileNobodyDid() {
    Audit audit = drawn();
    for (int i = 0; i < 2; i++) {
      world.work(Panel.commit(audit, seat(audit, i), UPHELD, Panel.ANSWER));
    }
    panel.pass(REVEAL, audit);
    Audit later = panel.audit(audit);
    assertEquals(Audit.Phase.COMMITTING, later.phase());
    for (int i = 2; i < 4; i++) {
      world.work(Panel.commit(later, seat(later, i), UPHELD, Panel.ANSWER));
    }
    for (int i = 2; i < 4; i++) {
      world.work(Panel.reveal(later, seat(later, i), UPHELD, Panel.ANSWER));
    }
    assertEquals(AuditOutcome.UPHELD, panel.outcome(audit));
    assertEquals(2, world.story(id).stream().filter("Forfeited"::equals).count());
  }

  @Test
  void j17NobodySitsWhoCouldRepeatAnAnswer() {
    for (Verdict verdict : Verdict.values()) {
      AuditsTest fresh = new AuditsTest();
      Audit audit = fresh.drawn();
      for (int i = 0; i < 2; i++) {
        fresh.world.work(Panel.commit(audit, seat(audit, i), verdict, Panel.ANSWER));
      }
      fresh.world.work(Panel.reveal(audit, seat(audit, 0), verdict, Panel.ANSWER));
      fresh.panel.pass(REVEAL, audit);
      assertEquals(1, fresh.world.story(fresh.id).stream().filter("Forfeited"::equals).count());
      if (verdict == UPHELD) {
        assertEquals(AuditOutcome.UNAUDITED, fresh.panel.outcome(audit));
      } else {
        assertEquals(2, fresh.panel.audit(audit).seats().size());
        assertEquals(Audit.Phase.CONCEDING, fresh.panel.audit(audit).phase());
      }
    }
  }

  @Test
  void j17SilentAfterAllSubstitutesIsPaidAsUnaudited() {
    Audit audit = drawn();
    panel.pass(COMMIT, audit);
    assertEquals(4, panel.audit(audit).seats().size());
    panel.pass(COMMIT, audit);
    assertEquals(2 + Audit.SUBSTITUTES_MAX, panel.audit(audit).seats().size());
    assertEquals(1, panel.audit(audit).heard().size());
    panel.pass(COMMIT, audit);
    assertEquals(AuditOutcome.UNAUDITED, panel.outcome(audit));
    assertTrue(panel.isPaid(audit));
    assertEquals(0, world.job(id).audits().rejected());
    // Nobody sat for the second draws of this round either.
    assertTrue(world.story(id).stream().filter("Forfeited"::equals).count() >= 5);
  }

  @Test
  void j17AuditorThatIsAloneIsNotPaidAndItsRefusalIsVotedOn() {
    for (Verdict verdict : Verdict.values()) {
      AuditsTest fresh = new AuditsTest();
      Audit audit = fresh.drawn();
      fresh.world.work(Panel.commit(audit, seat(audit, 0), verdict, Panel.ANSWER));
      fresh.panel.pass(4 * COMMIT, audit);
      Audit later = fresh.panel.audit(audit);
      assertEquals(Audit.Phase.REVEALING, later.phase());
      assertEquals(1, later.heard().size());
      fresh.world.work(Panel.reveal(audit, seat(audit, 0), verdict, Panel.ANSWER));
      if (verdict == UPHELD) {
        assertEquals(AuditOutcome.UNAUDITED, fresh.panel.outcome(audit));
        assertEquals(-1, fresh.panel.paid(audit, seat(audit, 0)), "nobody confirms its answer");
      } else {
        assertEquals(Audit.Phase.CONCEDING, fresh.panel.audit(audit).phase());
      }
    }
  }

  @Test
  void j17ThreeSilencesInAnEpochSuspendUntilTheNextIsOver() {
    Audit audit = drawn();
    Address silent = seat(audit, 0);
    for (int i = 0; i < 3; i++) {
      assertFalse(Silences.isSuspended(world.state(), silent, 0));
      var state = new Overlay(world.state());
      for (int k = 0; k <= i; k++) {
        Silences.add(state, silent, 5);
      }
      assertEquals(i == 2, Silences.isSuspended(state, silent, 5));
      assertEquals(i == 2, Silences.isSuspended(state, silent, 6));
      assertFalse(Silences.isSuspended(state, silent, 7));
      Silences.add(state, silent, 6);
      assertEquals(i == 2, Silences.isSuspended(state, silent, 6), "one more changes nothing");
    }
  }

  @Test
  void j18ChallengeThatValidatorsAnswerGoesOnAndTheChallengerIsNotPaid() {
    Audit audit = drawn();
    world.work(Panel.challenge(audit, seat(audit, 0)));
    assertEquals(Audit.Phase.CHALLENGED, panel.audit(audit).phase());
    assertTrue(Vesting.isHeld(world.state(), audit.slot(), audit.miner()));
    for (int i = 0; i < 4; i++) {
      world.work(Panel.answer(audit, world.validators.get(i)));
    }
    assertEquals(Audit.Phase.CHALLENGED, panel.audit(audit).phase(), "exactly two thirds");
    world.work(Panel.answer(audit, world.validators.get(4)));
    Audit later = panel.audit(audit);
    assertEquals(Audit.Phase.COMMITTING, later.phase());
    assertEquals(commitDue(), later.due());
    assertFalse(Vesting.isHeld(world.state(), audit.slot(), audit.miner()));
    assertEquals(5, later.holders().size());
    assertFalse(world.isOpen(Panel.challenge(audit, seat(audit, 1))), "once per audit");
    panel.agree(later, UPHELD);
    assertEquals(AuditOutcome.UPHELD, panel.outcome(audit));
    assertEquals(-1, panel.paid(audit, seat(audit, 0)));
    assertEquals(fee(), panel.paid(audit, seat(audit, 1)));
    assertFalse(tells(AuditEvent.Slashed.class));
  }

  private Moment commitDue() {
    return World.PARAMETERS.training().auditCommit().after(world.now());
  }

  @Test
  void j18ChallengeThatNobodyAnswersConvicts() {
    Audit audit = drawn();
    world.work(Panel.challenge(audit, seat(audit, 0)));
    for (int i = 0; i < 4; i++) {
      world.work(Panel.answer(audit, world.validators.get(i)));
    }
    panel.pass(CHALLENGE - 5, audit);
    assertTrue(panel.isOpen(audit));
    world.idle(1);
    assertEquals(AuditOutcome.REJECTED, panel.outcome(audit));
    assertTrue(tells(AuditEvent.Slashed.class));
    assertFalse(Vesting.isHeld(world.state(), audit.slot(), audit.miner()));
  }

  @Test
  void j18ConcessionIsUnpaidAndNotSlashed() {
    Audit audit = drawn();
    panel.agree(audit, REJECTED);
    assertEquals(
        Optional.of(World.hotKey(World.FIRST_MINER)), world.signerOf(Panel.concede(audit)));
    world.work(Panel.concede(audit));
    assertEquals(AuditOutcome.CONCEDED, panel.outcome(audit));
    assertFalse(tells(AuditEvent.Slashed.class));
    assertEquals(fee(), panel.paid(audit, seat(audit, 0)));
    assertFalse(Concessions.isAllowed(world.state(), audit.miner()));
  }

  @Test
  void j18ConcessionIsOncePerTenThousandSteps() {
    var state = new Overlay(world.state());
    Address miner = Specs.address(3);
    assertTrue(Concessions.isAllowed(state, miner));
    Concessions.worked(state, miner, 10);
    Concessions.made(state, miner);
    for (int steps = 0; steps < Concessions.STEPS; steps += 10) {
      assertFalse(Concessions.isAllowed(state, miner));
      Concessions.worked(state, miner, 10);
    }
    assertTrue(Concessions.isAllowed(state, miner));
  }

  @Test
  void j18WhoConcededLatelyMayOnlyAppeal() {
    Audit audit = drawn();
    var state = new Overlay(world.state());
    Concessions.made(state, audit.miner());
    world.override(state);
    panel.agree(audit, REJECTED);
    assertEquals(Audit.Phase.CONCEDING, panel.audit(audit).phase());
    assertFalse(world.isOpen(Panel.concede(audit)));
    assertTrue(world.isOpen(Panel.appeal(audit)));
  }

  @Test
  void j18WhoAppealedDoesNotConcede() {
    Audit audit = drawn();
    assertFalse(world.isOpen(Panel.appeal(audit)));
    panel.agree(audit, REJECTED);
    world.work(Panel.appeal(audit));
    assertFalse(world.isOpen(Panel.concede(audit)));
    assertFalse(world.isOpen(Panel.appeal(audit)));
    panel.pass(COMMIT, audit);
    assertFalse(world.isOpen(Panel.appeal(audit)), "once");
  }

  private Audit contestedAudit() {
    panel.start();
    return panel.contested(REJECTED, UPHELD);
  }

  @Test
  void j30NobodyWhoCouldTellLeavesItToADisputeAndAMinerThatIsSilentLosesIt() {
    Audit audit = contestedAudit();
    panel.pass(CHALLENGE, audit);
    assertEquals(Audit.Phase.DISPUTED, panel.audit(audit).phase());
    assertEquals(
        Optional.of(seat(audit, 0)), panel.audit(audit).contest().accuser(), "it said REJECTED");
    assertTrue(Vesting.isHeld(world.state(), audit.slot(), audit.miner()));
    panel.pass(CHALLENGE, audit);
    assertEquals(AuditOutcome.REJECTED, panel.outcome(audit));
    assertFalse(panel.isPaid(audit));
    assertTrue(tells(AuditEvent.Slashed.class));
  }

  @Test
  void j30DisputesEndAsTheyArePlayed() {
    for (DisputeResult result : DisputeResult.values()) {
      AuditsTest fresh = new AuditsTest();
      final Audit audit = fresh.contestedAudit();
      fresh.world.work(Panel.appeal(audit));
      fresh.panel.vote(audit, REJECTED, REJECTED, REJECTED, REJECTED, REJECTED, REJECTED);
      Audit disputed = fresh.panel.audit(audit);
      assertEquals(Audit.Phase.DISPUTED, disputed.phase());
      Address accuser = disputed.contest().accuser().orElseThrow();
      final long before = fresh.stake(accuser);
      final long fee = fresh.fee();
      fresh.world.turn(fresh.id, turn -> Disputes.concluded(turn, disputed, result));
      boolean minerLoses =
          switch (result) {
            // All have voted that it is guilty.
            case MINER_LOSES, BOTH_LOSE, NO_ROOM -> true;
            case ACCUSER_LOSES, UNDECIDED -> false;
          };
      boolean accuserLoses =
          result == DisputeResult.ACCUSER_LOSES || result == DisputeResult.BOTH_LOSE;
      assertEquals(minerLoses, fresh.tells(AuditEvent.Slashed.class));
      assertEquals(result == DisputeResult.ACCUSER_LOSES, fresh.panel.isPaid(audit));
      long lost = accuserLoses ? Disputes.ACCUSER_FEES * fee : 0;
      assertEquals(before - lost, fresh.stake(accuser));
      assertFalse(Vesting.isHeld(fresh.world.state(), audit.slot(), audit.miner()));
    }
  }

  @Test
  void j31TwoDeviationsCostTheStageAndTheClassClaim() {
    Audit first = drawn();
    Address miner = first.miner();
    panel.agree(first, DEVIATES);
    assertEquals(miner, world.job(id).stages().getFirst().miner(), "one strike is none");
    world.round(id);
    world.idle((int) Panel.PARAMETERS.training().beaconDelay());
    Audit second =
        panel.audits().stream()
            .filter(it -> it.slot().equals(first.slot()))
            .findFirst()
            .orElseThrow();
    panel.agree(second, DEVIATES);
    assertTrue(tells(AuditEvent.ClassVoided.class));
    assertFalse(tells(AuditEvent.Slashed.class));
    assertTrue(world.job(id).stages().stream().noneMatch(stage -> stage.miner().equals(miner)));
    assertTrue(world.job(id).refused().contains(miner));
  }

  @Test
  void j31StrikesFarApartCostNothing() {
    HeldStage stage = world.job(id).stages().getFirst();
    assertFalse(stage.strike(5).isOut());
    assertTrue(stage.strike(5).strike(5 + Limits.STRIKE_ROUNDS - 1).isOut());
    HeldStage late = stage.strike(5).strike(5 + Limits.STRIKE_ROUNDS);
    assertFalse(late.isOut());
    assertTrue(late.strike(5 + Limits.STRIKE_ROUNDS).isOut());
    assertEquals(3, late.strike(5 + Limits.STRIKE_ROUNDS).strikes());
  }

  @Test
  void j18ConvictionDropsTheOtherAuditsOfThatMinersStage() {
    panel.start();
    world.round(id);
    world.round(id);
    world.idle(4);
    List<Audit> own = panel.audits().stream().filter(audit -> audit.slot().stage() == 0).toList();
    assertEquals(2, own.size());
    panel.say(own.getFirst(), REJECTED, UPHELD);
    world.work(Panel.challenge(own.getLast(), seat(own.getLast(), 0)));
    world.idle(COMMIT);
    panel.vote(own.getFirst(), REJECTED, REJECTED, REJECTED, REJECTED, REJECTED, REJECTED);
    assertEquals(AuditOutcome.REJECTED, panel.outcome(own.getFirst()));
    assertEquals(AuditOutcome.DROPPED, panel.outcome(own.getLast()));
    assertTrue(panel.audits().stream().noneMatch(audit -> audit.slot().stage() == 0));
    assertFalse(Vesting.isHeld(world.state(), own.getFirst().slot(), own.getFirst().miner()));
  }

  @Test
  void j17SlotsAreOfTheSeatThePhaseAndTheCommitment() {
    Audit audit = drawn();
    Address first = seat(audit, 0);
    Address stranger = audit.reserve().getFirst();
    WorkCall commit = Panel.commit(audit, first, UPHELD, Panel.ANSWER);
    assertFalse(world.isOpen(Panel.commit(audit, stranger, UPHELD, Panel.ANSWER)));
    assertFalse(world.isOpen(Panel.reveal(audit, first, UPHELD, Panel.ANSWER)), "nobody commits");
    world.work(commit);
    assertFalse(world.isOpen(commit), "once");
    assertFalse(world.isOpen(Panel.challenge(audit, first)), "it had the data");
    assertFalse(world.isOpen(Panel.reveal(audit, first, UPHELD, Panel.ANSWER)), "others first");
    world.work(Panel.commit(audit, seat(audit, 1), UPHELD, Panel.ANSWER));
    assertFalse(world.isOpen(Panel.reveal(audit, first, REJECTED, Panel.ANSWER)), "not committed");
    assertFalse(
        world.isOpen(Panel.reveal(audit, first, UPHELD, Specs.hash("other"))), "not committed");
    WorkCall reveal = Panel.reveal(audit, first, UPHELD, Panel.ANSWER);
    assertTrue(world.isOpen(reveal));
    world.work(reveal);
    assertFalse(world.isOpen(reveal), "once");
    assertFalse(world.isOpen(Panel.concede(audit)));
    assertFalse(world.isOpen(Panel.vote(audit, World.VALIDATOR, REJECTED)));
    assertFalse(world.isOpen(Panel.answer(audit, World.VALIDATOR)));
  }
}
