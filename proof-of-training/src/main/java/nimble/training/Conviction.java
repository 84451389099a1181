package nimble.training;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.ledger.Bonds;
import nimble.ledger.Escrows;
import nimble.ledger.Slashes;
import nimble.types.Address;

/// What false work costs, and how the job goes on without it (J26, J27).
final class Conviction {
  /// What each finder gets, in audit fees.
  private static final int FINDER_FEES = 10;

  private Conviction() {}

  /// `miner` did false work on a stage, or withheld what would show it: it loses bond and pay, and
  /// the job goes back to before its earliest unsettled round.
  static void convict(Turn turn, int stage, Address miner, String reason, List<Address> finders) {
    Audits.dropAll(turn, stage, miner);
    OptionalInt first = Lineage.earliest(turn, stage, miner);
    boolean holds = turn.stage(stage).miner().equals(miner);
    Optional<ResumePoint> point = GoingBack.before(turn, first.orElse(Integer.MAX_VALUE));
    boolean again =
        GoingBack.isPossible(turn.job())
            && GoingBack.leadsOn(turn, point)
            && (holds || first.isPresent());
    Money before = Money.of(turn);
    unpaid(turn, stage, miner, turn.job().progress().settled());
    Money after = again ? Money.of(turn, GoingBack.roundAfter(point)) : before;
    Money needed = again && holds ? after.withEntrance(turn) : after;
    slash(turn, stage, miner, reason, finders, needed.beyond(before));
    turn.refuse(miner);
    if (holds) {
      Acceptance.freeDevice(turn, miner);
    }
    if (again) {
      goBack(turn, point, after.audits() - before.audits(), reason);
    } else {
      first.ifPresent(round -> Custody.backTo(turn, round));
    }
  }

  private static void slash(
      Turn turn,
      int stage,
      Address miner,
      String reason,
      List<Address> finders,
      long repeatedWork) {
    long fee = Math.multiplyExact(FINDER_FEES, turn.stage(stage).terms().auditFee());
    Slashes.Slash slash =
        Slashes.take(
            turn.state(),
            turn.context(),
            turn.job().slot(stage),
            miner,
            repeatedWork,
            finders,
            fee);
    turn.happened(
        new AuditEvent.Slashed(
            stage,
            miner,
            Text.cut(reason, JobEvent.REASON_MAX),
            slash.amount(),
            slash.toJob(),
            slash.toFinders()));
  }

  /// The miner admits that the audited round is wrong: from it on it is unpaid, and what has to be
  /// done again is so at its expense.
  static void concede(Turn turn, Audit audit) {
    int stage = audit.slot().stage();
    Job job = turn.job();
    boolean present =
        Lineage.present(turn.state(), job).stream()
            .anyMatch(round -> round.serial() == audit.serial());
    boolean again = GoingBack.isPossible(job) && present;
    Optional<ResumePoint> point = GoingBack.before(turn, audit.round());
    Money before = Money.of(turn);
    unpaid(turn, stage, audit.miner(), audit.serial());
    if (!again) {
      if (present) {
        Custody.backTo(turn, audit.round());
      }
      return;
    }
    Money after = Money.of(turn, GoingBack.roundAfter(point));
    Bonds.seize(turn.state(), audit.slot(), audit.miner(), after.beyond(before));
    goBack(
        turn,
        point,
        after.audits() - before.audits(),
        "stage %d conceded round %d".formatted(stage, audit.round()));
  }

  private static void goBack(
      Turn turn, Optional<ResumePoint> point, long moreAudits, String reason) {
    GoingBack.to(turn, point, reason);
    if (GoingBack.endsInstead(turn)) {
      return;
    }
    Money now = Money.of(turn);
    if (!now.isEnough(turn)) {
      Settlement.begin(
          turn,
          JobState.FAILED,
          "the escrow does not cover the work again; " + GoingBack.lastPoint(turn));
      return;
    }
    Escrows.reserveAudits(turn.state(), turn.job().id(), Math.min(moreAudits, now.spare(turn)));
    Rematch.fillVacancies(turn);
  }

  private static void unpaid(Turn turn, int stage, Address miner, int serial) {
    for (ClosedRound round : Lineage.unsettled(turn.state(), turn.job())) {
      if (round.serial() >= serial && round.stages().get(stage).miner().equals(miner)) {
        Settlement.unpaid(turn, round.serial(), stage);
      }
    }
  }
}
