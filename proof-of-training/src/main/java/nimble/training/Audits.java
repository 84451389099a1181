package nimble.training;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.DataAnswer;
import nimble.chain.AuditCall.DataChallenge;
import nimble.chain.AuditCall.VerdictVote;
import nimble.chain.AuditId;
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
    AuditSums sums = turn.job().audits();
    Audit audit =
        new Audit(
            new AuditId(turn.job().id(), sums.drawn()),
            turn.job().slot(stage),
            round.stages().get(stage).miner(),
            round.serial(),
            round.round(),
            round.attempt(),
            step,
            seed,
            Phase.COMMITTING,
            turn.parameters().auditCommit().after(turn.now()),
            first.stream().map(AuditSeat::of).toList(),
            reserve,
            Optional.empty(),
            List.of(),
            Audit.Contest.NONE);
    Jobs.put(turn.state(), audit);
    turn.set(turn.job().with(sums.draw()));
    turn.happened(
        new AuditEvent.AuditDrawn(audit.id().number(), stage, round.round(), step, first));
  }

  static void committed(Turn turn, AuditCommit call) {
    Audit audit = get(turn, call.audit());
    AuditSeat seat = audit.seat(call.auditor()).orElseThrow().commit(call.commitment());
    Audit next = audit.with(seat);
    if (next.heard().stream().allMatch(heard -> heard.commitment().isPresent())) {
      enter(turn, next, Phase.REVEALING, turn.parameters().auditReveal());
    } else {
      Jobs.put(turn.state(), next);
    }
  }

  static void revealed(Turn turn, AuditReveal call) {
    Audit audit = get(turn, call.audit());
    AuditSeat seat = audit.seat(call.auditor()).orElseThrow();
    Audit next = audit.with(seat.reveal(call.verdict(), call.answer(), Answers.projection(call)));
    Jobs.put(turn.state(), next);
    if (next.heard().stream().allMatch(heard -> heard.reveal().isPresent())) {
      Verdicts.conclude(turn, next);
    }
  }

  static void challenged(Turn turn, DataChallenge call) {
    ValidatorSet set = Elections.set(turn.state(), MoneyEpoch.of(turn.state()).number());
    Audit audit = get(turn, call.audit()).with(Challenge.of(call.auditor(), set));
    enter(turn, audit, Phase.CHALLENGED, turn.parameters().dataChallenge());
    turn.happened(new AuditEvent.Challenged(audit.id().number(), call.auditor()));
  }

  static void answered(Turn turn, DataAnswer call) {
    Audit before = get(turn, call.audit());
    Challenge challenge = before.challenge().orElseThrow();
    Audit audit = before.with(challenge.hold(call.validator(), call.bundle()));
    if (audit.bundle().isPresent()) {
      turn.happened(new AuditEvent.Answered(audit.id().number()));
      enter(turn, audit, Phase.COMMITTING, turn.parameters().auditCommit());
    } else {
      Jobs.put(turn.state(), audit);
    }
  }

  static void voted(Turn turn, VerdictVote call) {
    Audit audit =
        get(turn, call.audit())
            .vote(new Audit.Vote(call.validator(), call.verdict(), call.answer()));
    Jobs.put(turn.state(), audit);
    boolean all =
        Validators.all(turn.state()).stream()
            .map(Validators.Validator::address)
            .filter(validator -> !validator.equals(audit.miner()))
            .allMatch(validator -> audit.voteOf(validator).isPresent());
    if (all) {
      Verdicts.decide(turn, audit);
    }
  }

  static void conceded(Turn turn, AuditId id) {
    Audit audit = get(turn, id);
    Concessions.made(turn.state(), audit.miner());
    Verdicts.conceded(turn, audit);
  }

  static void appealed(Turn turn, AuditId id) {
    Jobs.put(turn.state(), get(turn, id).appeal());
    turn.happened(new AuditEvent.Appealed(id.number()));
  }

  /// What the chain does with open audits when nobody came in time.
  static void overdue(Turn turn) {
    JobId job = turn.job().id();
    for (long number : Jobs.openAudits(turn.state(), job)) {
      // A conviction closes others.
      Jobs.audit(turn.state(), new AuditId(job, number))
          .filter(audit -> audit.due().reachedAt(turn.now()))
          .ifPresent(audit -> overdue(turn, audit));
    }
  }

  private static void overdue(Turn turn, Audit audit) {
    switch (audit.phase()) {
      case COMMITTING, REVEALING -> replaceLate(turn, audit);
      case CHALLENGED -> Verdicts.withheld(turn, audit);
      case CONCEDING -> enter(turn, audit, Phase.VOTING, turn.parameters().dataChallenge());
      case VOTING -> Verdicts.decide(turn, audit);
      case DISPUTED -> Disputes.overdue(turn, audit);
    }
  }

  /// Who is late falls silent; substitutes sit as long as there are any, and no answer that they
  /// could repeat.
  private static void replaceLate(Turn turn, Audit audit) {
    boolean hidden = audit.seats().stream().allMatch(seat -> seat.reveal().isEmpty());
    Audit next = audit;
    for (AuditSeat seat : audit.heard()) {
      boolean late =
          audit.phase() == Phase.COMMITTING ? seat.commitment().isEmpty() : seat.reveal().isEmpty();
      if (late) {
        Verdicts.fallSilent(turn, audit, seat.auditor());
        next = next.with(seat.fallSilent());
        next = hidden && next.hasSubstitute() ? next.substitute() : next;
      }
    }
    if (next.heard().stream().anyMatch(seat -> seat.commitment().isEmpty())) {
      enter(turn, next, Phase.COMMITTING, turn.parameters().auditCommit());
    } else if (next.heard().stream().anyMatch(seat -> seat.reveal().isEmpty())) {
      enter(turn, next, Phase.REVEALING, turn.parameters().auditReveal());
    } else {
      Verdicts.conclude(turn, next);
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

  static void enter(Turn turn, Audit audit, Phase phase, Span span) {
    Audit next = audit.in(phase, span.after(turn.now()));
    if (next.isContested() && !audit.isContested()) {
      Vesting.hold(turn.state(), audit.slot(), audit.miner());
    } else if (audit.isContested() && !next.isContested()) {
      Vesting.release(turn.state(), audit.slot(), audit.miner());
    }
    Jobs.put(turn.state(), next);
  }

  private static Audit get(Turn turn, AuditId id) {
    return Jobs.audit(turn.state(), id).orElseThrow();
  }
}
