package nimble.training;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.DataAnswer;
import nimble.chain.AuditCall.DataChallenge;
import nimble.chain.AuditCall.VerdictVote;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.ValidatorSet;
import nimble.ledger.Elections;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.ledger.Vesting;
import nimble.training.Audit.Phase;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Span;

/// An audit from the draw to its verdict: what is said, and what happens when nobody says it (J17,
/// J18).
final class Audits {
  private Audits() {}

  /// Whether an audit of that closed round is open.
  static boolean isOpen(StateView state, JobId job, int serial) {
    return Jobs.openAudits(state, job).stream()
        .flatMap(number -> Jobs.audit(state, new AuditId(job, number)).stream())
        .anyMatch(audit -> audit.serial() == serial);
  }

  /// @param first auditors that were drawn, at least two
  /// @param reserve who follows, in order
  static void open(
      Turn turn,
      ClosedRound round,
      int stage,
      int step,
      Hash seed,
      List<Address> first,
      List<Address> reserve) {
    open(
        turn,
        turn.job().slot(stage),
        round.stages().get(stage).miner(),
        new Subject(round.serial(), round.round(), round.attempt(), step),
        seed,
        first,
        reserve);
    turn.happened(
        new AuditEvent.AuditDrawn(turn.sums().drawn() - 1, stage, round.round(), step, first));
  }

  /// Where the audited work stands: see [Audit].
  record Subject(int serial, int round, int attempt, int step) {}

  static void open(
      Court court,
      StageSlot slot,
      Address miner,
      Subject subject,
      Hash seed,
      List<Address> first,
      List<Address> reserve) {
    Audit audit =
        new Audit(
            new AuditId(court.id(), court.sums().drawn()),
            slot,
            miner,
            subject.serial(),
            subject.round(),
            subject.attempt(),
            subject.step(),
            seed,
            Phase.COMMITTING,
            court.parameters().auditCommit().after(court.now()),
            first.stream().map(AuditSeat::of).toList(),
            reserve,
            Optional.empty(),
            List.of(),
            Audit.Contest.NONE);
    Jobs.put(court.state(), audit);
    court.put(court.sums().draw());
  }

  static void heard(Court court, AuditCall.Hearing call) {
    switch (call) {
      case AuditCommit commit -> committed(court, commit);
      case AuditReveal reveal -> revealed(court, reveal);
      case DataChallenge challenge -> challenged(court, challenge);
      case DataAnswer answer -> answered(court, answer);
      case VerdictVote vote -> voted(court, vote);
    }
  }

  private static void committed(Court court, AuditCommit call) {
    Audit audit = get(court, call.audit());
    AuditSeat seat = audit.seat(call.auditor()).orElseThrow().commit(call.commitment());
    Audit next = audit.with(seat);
    if (next.heard().stream().allMatch(heard -> heard.commitment().isPresent())) {
      enter(court, next, Phase.REVEALING, court.parameters().auditReveal());
    } else {
      Jobs.put(court.state(), next);
    }
  }

  private static void revealed(Court court, AuditReveal call) {
    Audit audit = get(court, call.audit());
    AuditSeat seat = audit.seat(call.auditor()).orElseThrow();
    Audit next = audit.with(seat.reveal(call.verdict(), call.answer(), Answers.projection(call)));
    Jobs.put(court.state(), next);
    if (next.heard().stream().allMatch(heard -> heard.reveal().isPresent())) {
      Verdicts.conclude(court, next);
    }
  }

  private static void challenged(Court court, DataChallenge call) {
    ValidatorSet set = Elections.set(court.state(), MoneyEpoch.of(court.state()).number());
    Audit audit = get(court, call.audit()).with(Challenge.of(call.auditor(), set));
    enter(court, audit, Phase.CHALLENGED, court.parameters().dataChallenge());
    court.happened(new AuditEvent.Challenged(audit.id().number(), call.auditor()));
  }

  private static void answered(Court court, DataAnswer call) {
    Audit before = get(court, call.audit());
    Challenge challenge = before.challenge().orElseThrow();
    Audit audit = before.with(challenge.hold(call.validator(), call.bundle()));
    if (audit.bundle().isPresent()) {
      court.happened(new AuditEvent.Answered(audit.id().number()));
      enter(court, audit, Phase.COMMITTING, court.parameters().auditCommit());
    } else {
      Jobs.put(court.state(), audit);
    }
  }

  private static void voted(Court court, VerdictVote call) {
    Audit audit =
        get(court, call.audit())
            .vote(new Audit.Vote(call.validator(), call.verdict(), call.answer()));
    Jobs.put(court.state(), audit);
    boolean all =
        Validators.all(court.state()).stream()
            .map(Validators.Validator::address)
            .filter(validator -> !validator.equals(audit.miner()))
            .allMatch(validator -> audit.voteOf(validator).isPresent());
    if (all) {
      Verdicts.decide(court, audit);
    }
  }

  static void conceded(Court court, AuditId id) {
    Audit audit = get(court, id);
    Verdicts.conceded(court, audit);
  }

  static void appealed(Court court, AuditId id) {
    Jobs.put(court.state(), get(court, id).appeal());
    court.happened(new AuditEvent.Appealed(id.number()));
  }

  /// What the chain does with open audits when nobody came in time.
  static void overdue(Court court) {
    JobId job = court.id();
    for (long number : Jobs.openAudits(court.state(), job)) {
      // A conviction closes others.
      Jobs.audit(court.state(), new AuditId(job, number))
          .filter(audit -> audit.due().reachedAt(court.now()))
          .ifPresent(audit -> overdue(court, audit));
    }
  }

  private static void overdue(Court court, Audit audit) {
    switch (audit.phase()) {
      case COMMITTING, REVEALING -> replaceLate(court, audit);
      case CHALLENGED -> Verdicts.withheld(court, audit);
      case CONCEDING -> enter(court, audit, Phase.VOTING, court.parameters().dataChallenge());
      case VOTING -> Verdicts.decide(court, audit);
      case DISPUTED -> court.disputeOverdue(audit);
    }
  }

  /// Who is late falls silent; substitutes sit as long as there are any, and no answer that they
  /// could repeat.
  private static void replaceLate(Court court, Audit audit) {
    boolean hidden = audit.seats().stream().allMatch(seat -> seat.reveal().isEmpty());
    Audit next = audit;
    for (AuditSeat seat : audit.heard()) {
      boolean late =
          audit.phase() == Phase.COMMITTING ? seat.commitment().isEmpty() : seat.reveal().isEmpty();
      if (late) {
        Verdicts.fallSilent(court, audit, seat.auditor(), "J17: is silent");
        next = next.with(seat.fallSilent());
        next = hidden && next.hasSubstitute() ? next.substitute() : next;
      }
    }
    if (next.heard().stream().anyMatch(seat -> seat.commitment().isEmpty())) {
      enter(court, next, Phase.COMMITTING, court.parameters().auditCommit());
    } else if (next.heard().stream().anyMatch(seat -> seat.reveal().isEmpty())) {
      enter(court, next, Phase.REVEALING, court.parameters().auditReveal());
    } else {
      Verdicts.conclude(court, next);
    }
  }

  /// The stage's miner was convicted: nothing that it did is paid anyway.
  static void dropAll(Turn turn, int stage, Address miner) {
    JobId job = turn.job().id();
    for (long number : Jobs.openAudits(turn.state(), job)) {
      Jobs.audit(turn.state(), new AuditId(job, number))
          .filter(audit -> audit.slot().stage() == stage && audit.miner().equals(miner))
          .ifPresent(audit -> Verdicts.close(turn, audit, AuditOutcome.DROPPED));
    }
  }

  static void enter(Court court, Audit audit, Phase phase, Span span) {
    Audit next = audit.in(phase, span.after(court.now()));
    if (next.isContested() && !audit.isContested()) {
      Vesting.hold(court.state(), audit.slot(), audit.miner());
    } else if (audit.isContested() && !next.isContested()) {
      Vesting.release(court.state(), audit.slot(), audit.miner());
    }
    Jobs.put(court.state(), next);
  }

  private static Audit get(Court court, AuditId id) {
    return Jobs.audit(court.state(), id).orElseThrow();
  }
}
