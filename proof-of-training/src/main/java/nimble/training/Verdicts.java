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
import nimble.vm.audit.Tolerance;

/// How audits end, and who is paid for them (J17, J18).
final class Verdicts {
  private Verdicts() {}

  /// The table of what the auditors revealed.
  static void conclude(Court court, Audit audit) {
    Hash claimed = court.claimed(audit);
    Tolerance tolerance = NumericClass.tolerance(court.parameters(), court.model());
    switch (Answers.of(court.state(), audit, claimed, tolerance)) {
      case NOTHING, UPHELD_ONCE -> close(court, audit, AuditOutcome.UNAUDITED);
      case UPHELD -> upheld(court, audit);
      case DEVIATES -> {
        deviated(court, audit);
        payThose(court, audit, Verdict.UPHELD); // To other classes it is.
      }
      case DIFFERENT -> contest(court, audit);
    }
  }

  private static void contest(Court court, Audit audit) {
    court.happened(new AuditEvent.Contested(audit.id().number()));
    if (court.hearsMiner()) {
      Audits.enter(court, audit, Phase.CONCEDING, court.parameters().auditCommit());
    } else {
      Audits.enter(court, audit, Phase.VOTING, court.parameters().dataChallenge());
    }
  }

  /// Nobody said that it holds the data: worse than false work it cannot be.
  static void withheld(Court court, Audit audit) {
    close(court, audit, AuditOutcome.REJECTED);
    convict(court, audit, "J18", "withheld its data", List.of(audit.challenger().orElseThrow()));
  }

  static void conceded(Court court, Audit audit) {
    close(court, audit, AuditOutcome.CONCEDED);
    payThose(court, audit, Verdict.REJECTED);
    payThose(court, audit, Verdict.DEVIATES);
    court.concede(audit);
  }

  /// The vote of all able validators, by stake.
  static void decide(Court court, Audit audit) {
    audit.heard().stream()
        .filter(seat -> Ballot.refutes(court.state(), audit, seat))
        .forEach(seat -> fallSilent(court, audit, seat.auditor(), "J18: its answer is refuted"));
    switch (ballot(court, audit).decision()) {
      case GUILTY -> {
        if (audit.contest().appealed()) {
          court.dispute(audit, true);
        } else {
          guilty(court, audit, List.of());
        }
      }
      case WITHHELD -> hidden(court, audit);
      case UPHELD -> upheld(court, audit);
      case DEVIATED -> deviated(court, audit);
      case TOO_FEW -> court.dispute(audit, false);
      case UNDECIDED -> {
        undecided(court, audit);
        strike(court, audit, "J18", "is doubted by the vote");
      }
    }
  }

  /// What validators hold shards of is not what was committed to: their miner cut it.
  private static void hidden(Court court, Audit audit) {
    close(court, audit, AuditOutcome.REJECTED);
    payThose(court, audit, Verdict.REJECTED);
    convict(court, audit, "J33", "withheld its data", saying(audit, Verdict.REJECTED));
  }

  static Ballot ballot(Court court, Audit audit) {
    return Ballot.of(court.state(), audit, court.claimed(audit));
  }

  /// @param more finders beside the seats that said so
  static void guilty(Court court, Audit audit, List<Address> more) {
    close(court, audit, AuditOutcome.REJECTED);
    payThose(court, audit, Verdict.REJECTED);
    List<Address> finders = new ArrayList<>(saying(audit, Verdict.REJECTED));
    more.stream().filter(finder -> !finders.contains(finder)).forEach(finders::add);
    convict(court, audit, "J26", "is false", finders);
  }

  static void upheld(Court court, Audit audit) {
    close(court, audit, AuditOutcome.UPHELD);
    payThose(court, audit, Verdict.UPHELD);
  }

  /// Bits differ, no size does: unpaid, kept, a strike; never slashed.
  private static void deviated(Court court, Audit audit) {
    close(court, audit, AuditOutcome.DEVIATED);
    payThose(court, audit, Verdict.DEVIATES);
    court.unpaid(audit);
    strike(court, audit, "J31", "deviates in bits");
    court.deviated(audit);
  }

  static void undecided(Court court, Audit audit) {
    close(court, audit, AuditOutcome.UNDECIDED);
    court.unpaid(audit);
  }

  private static void convict(
      Court court, Audit audit, String rule, String what, List<Address> finders) {
    court.convict(audit, rule + ": " + words(court, audit, what), finders);
  }

  private static void strike(Court court, Audit audit, String rule, String what) {
    court.strike(audit, rule, words(court, audit, what));
  }

  private static String words(Court court, Audit audit, String what) {
    return "audit %s: %s %s".formatted(audit.id(), court.subject(audit), what);
  }

  /// It forfeits the fee that it would have had.
  static void fallSilent(Court court, Audit audit, Address auditor, String reason) {
    Silences.add(court.state(), auditor, court.context().epoch());
    long taken = Stakes.forfeit(court.state(), auditor, court.fee(audit));
    court.happened(new AuditEvent.Forfeited(audit.id().number(), auditor, reason, taken));
  }

  /// Those whose verdict the outcome bears out; not who made others carry the data, nor who made up
  /// its answer.
  private static void payThose(Court court, Audit audit, Verdict verdict) {
    long fee = court.fee(audit);
    for (Address auditor : saying(audit, verdict)) {
      boolean madeUp =
          audit
              .seat(auditor)
              .filter(seat -> Ballot.refutes(court.state(), audit, seat))
              .isPresent();
      if (!audit.challenger().equals(Optional.of(auditor)) && !madeUp) {
        long paid = Escrows.payAudit(court.state(), court.context(), court.id(), auditor, fee);
        court.put(court.sums().pay(paid));
        court.happened(new AuditEvent.AuditPaid(audit.id().number(), auditor, paid));
      }
    }
  }

  static List<Address> saying(Audit audit, Verdict verdict) {
    return audit.heard().stream()
        .filter(seat -> seat.reveal().map(Reveal::verdict).equals(Optional.of(verdict)))
        .map(AuditSeat::auditor)
        .toList();
  }

  static void close(Court court, Audit audit, AuditOutcome outcome) {
    if (audit.isContested()) {
      Vesting.release(court.state(), audit.slot(), audit.miner());
    }
    Jobs.remove(court.state(), audit.id());
    court.put(court.sums().close(outcome).spend(operations(court, audit)));
    court.closed(audit, outcome);
  }

  /// What those spent that told what they found.
  static long operations(Court court, Audit audit) {
    long found =
        audit.seats().stream().filter(seat -> seat.reveal().isPresent()).count()
            + audit.votes().size();
    return found == 0 ? 0 : found * Math.min(court.operations(audit), Long.MAX_VALUE / found);
  }
}
