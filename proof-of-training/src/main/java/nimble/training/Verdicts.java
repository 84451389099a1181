package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Verdict;
import nimble.ledger.Escrows;
import nimble.ledger.Stakes;
import nimble.ledger.Vesting;
import nimble.training.Audit.Phase;
import nimble.training.AuditSeat.Reveal;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Math128;
import nimble.vm.Tolerance;

/// How audits end, and who is paid for them (J17, J18).
final class Verdicts {
  private Verdicts() {}

  /// The table of what the auditors revealed.
  static void conclude(Turn turn, Audit audit) {
    Hash claimed = done(turn, audit).numericClass();
    JobSpec spec = Jobs.spec(turn.state(), turn.job().id()).orElseThrow();
    Tolerance tolerance = NumericClass.tolerance(turn.parameters(), spec.model());
    switch (Answers.of(turn.state(), audit, claimed, tolerance)) {
      case NOTHING, UPHELD_ONCE -> close(turn, audit, AuditOutcome.UNAUDITED);
      case UPHELD -> upheld(turn, audit);
      case DEVIATES -> {
        deviated(turn, audit);
        payThose(turn, audit, Verdict.UPHELD); // To other classes it is.
      }
      case DIFFERENT -> contest(turn, audit);
    }
  }

  private static void contest(Turn turn, Audit audit) {
    turn.happened(new AuditEvent.Contested(audit.id().number()));
    Audits.enter(turn, audit, Phase.CONCEDING, turn.parameters().auditCommit());
  }

  /// Nobody said that it holds the data: worse than false work it cannot be.
  static void withheld(Turn turn, Audit audit) {
    close(turn, audit, AuditOutcome.REJECTED);
    convict(turn, audit, "J18", "withheld its data", List.of(audit.challenger().orElseThrow()));
  }

  static void conceded(Turn turn, Audit audit) {
    close(turn, audit, AuditOutcome.CONCEDED);
    payThose(turn, audit, Verdict.REJECTED);
    payThose(turn, audit, Verdict.DEVIATES);
    Conviction.concede(turn, audit);
  }

  /// The vote of all able validators, by stake.
  static void decide(Turn turn, Audit audit) {
    audit.heard().stream()
        .filter(seat -> Ballot.refutes(turn.state(), audit, seat))
        .forEach(seat -> fallSilent(turn, audit, seat.auditor()));
    switch (ballot(turn, audit).decision()) {
      case GUILTY -> {
        if (audit.contest().appealed()) {
          Disputes.open(turn, audit, true);
        } else {
          guilty(turn, audit, List.of());
        }
      }
      case WITHHELD -> hidden(turn, audit);
      case UPHELD -> upheld(turn, audit);
      case DEVIATED -> deviated(turn, audit);
      case TOO_FEW -> Disputes.open(turn, audit, false);
      case UNDECIDED -> {
        undecided(turn, audit);
        strike(turn, audit, "J18", "is doubted by the vote");
      }
    }
  }

  /// What validators hold shards of is not what was committed to: their miner cut it.
  private static void hidden(Turn turn, Audit audit) {
    close(turn, audit, AuditOutcome.REJECTED);
    payThose(turn, audit, Verdict.REJECTED);
    convict(turn, audit, "J33", "withheld its data", saying(audit, Verdict.REJECTED));
  }

  static Ballot ballot(Turn turn, Audit audit) {
    return Ballot.of(turn.state(), audit, done(turn, audit).numericClass());
  }

  /// @param more finders beside the seats that said so
  static void guilty(Turn turn, Audit audit, List<Address> more) {
    close(turn, audit, AuditOutcome.REJECTED);
    payThose(turn, audit, Verdict.REJECTED);
    List<Address> finders = new ArrayList<>(saying(audit, Verdict.REJECTED));
    more.stream().filter(finder -> !finders.contains(finder)).forEach(finders::add);
    convict(turn, audit, "J26", "is false", finders);
  }

  static void upheld(Turn turn, Audit audit) {
    close(turn, audit, AuditOutcome.UPHELD);
    payThose(turn, audit, Verdict.UPHELD);
  }

  /// Bits differ, no size does: unpaid, kept, a strike; never slashed.
  private static void deviated(Turn turn, Audit audit) {
    close(turn, audit, AuditOutcome.DEVIATED);
    payThose(turn, audit, Verdict.DEVIATES);
    unpaid(turn, audit);
    strike(turn, audit, "J31", "deviates in bits");
    int stage = audit.slot().stage();
    HeldStage held = turn.stage(stage);
    if (held.miner().equals(audit.miner()) && held.isOut() && turn.job().isAtWork()) {
      turn.setStage(stage, held.disclaim());
      turn.happened(new AuditEvent.ClassVoided(stage, held.miner()));
    }
  }

  static void undecided(Turn turn, Audit audit) {
    close(turn, audit, AuditOutcome.UNDECIDED);
    unpaid(turn, audit);
  }

  private static void convict(
      Turn turn, Audit audit, String rule, String what, List<Address> finders) {
    String reason = rule + ": " + words(audit, what);
    Conviction.convict(turn, audit.slot().stage(), audit.miner(), reason, finders);
  }

  private static void unpaid(Turn turn, Audit audit) {
    Settlement.unpaid(turn, audit.serial(), audit.slot().stage());
  }

  /// The stage may have another miner by now.
  private static void strike(Turn turn, Audit audit, String rule, String what) {
    int stage = audit.slot().stage();
    if (turn.stage(stage).miner().equals(audit.miner())) {
      turn.strike(stage, rule, words(audit, what));
    } else {
      Strikes.add(turn.state(), audit.miner(), turn.context().epoch());
    }
  }

  private static String words(Audit audit, String what) {
    return "audit %s: step %d of round %d %s"
        .formatted(audit.id(), audit.step(), audit.round(), what);
  }

  /// It forfeits the fee that it would have had.
  static void fallSilent(Turn turn, Audit audit, Address auditor) {
    Silences.add(turn.state(), auditor, turn.context().epoch());
    long taken = Stakes.forfeit(turn.state(), auditor, fee(turn, audit));
    turn.happened(new AuditEvent.Forfeited(audit.id().number(), auditor, taken));
  }

  /// Those whose verdict the outcome bears out; not who made others carry the data, nor who made up
  /// its answer.
  private static void payThose(Turn turn, Audit audit, Verdict verdict) {
    long fee = fee(turn, audit);
    for (Address auditor : saying(audit, verdict)) {
      boolean madeUp =
          audit.seat(auditor).filter(seat -> Ballot.refutes(turn.state(), audit, seat)).isPresent();
      if (!audit.challenger().equals(Optional.of(auditor)) && !madeUp) {
        long paid = Escrows.payAudit(turn.state(), turn.context(), turn.job().id(), auditor, fee);
        turn.set(turn.job().with(turn.job().audits().pay(paid)));
        turn.happened(new AuditEvent.AuditPaid(audit.id().number(), auditor, paid));
      }
    }
  }

  static List<Address> saying(Audit audit, Verdict verdict) {
    return audit.heard().stream()
        .filter(seat -> seat.reveal().map(Reveal::verdict).equals(Optional.of(verdict)))
        .map(AuditSeat::auditor)
        .toList();
  }

  static void close(Turn turn, Audit audit, AuditOutcome outcome) {
    if (audit.isContested()) {
      Vesting.release(turn.state(), audit.slot(), audit.miner());
    }
    Jobs.remove(turn.state(), audit.id());
    long fees = Math.multiplyExact(fee(turn, audit), (long) audit.heard().size());
    Drifts.closed(turn, audit, outcome, fees);
    long operations = operations(turn, audit);
    turn.set(turn.job().with(turn.job().audits().close(outcome).spend(operations)));
    turn.happened(
        new AuditEvent.AuditClosed(
            audit.id().number(), audit.slot().stage(), audit.round(), outcome, operations));
  }

  /// What those spent that told what they found.
  private static long operations(Turn turn, Audit audit) {
    long found =
        audit.seats().stream().filter(seat -> seat.reveal().isPresent()).count()
            + audit.votes().size();
    if (found == 0) {
      return 0;
    }
    JobSpec spec = Jobs.spec(turn.state(), turn.job().id()).orElseThrow();
    int steps = turn.job().rounds().stepsOf(audit.round());
    long each =
        StageNeed.of(spec).get(audit.slot().stage()).auditOperations(steps, audit.step() < steps);
    return Math.multiplyExact(found, each);
  }

  static long fee(Turn turn, Audit audit) {
    return fee(turn.job(), done(turn, audit), audit.slot().stage());
  }

  private static ClosedStage done(Turn turn, Audit audit) {
    ClosedRound round = Jobs.unsettled(turn.state(), turn.job().id(), audit.serial()).orElseThrow();
    return round.stages().get(audit.slot().stage());
  }

  /// For one auditor of one audit: one and a half times the pay of a step.
  static long fee(Job job, ClosedStage done, int stage) {
    long stepOperations = job.stages().get(stage).terms().stepOperations();
    long stepPay = Math128.mulDiv(done.pay(), stepOperations, done.operations());
    return Math128.mulDiv(stepPay, 3, 2);
  }
}
