package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Verdict;
import nimble.crypto.Hashing;
import nimble.ledger.Stakes;
import nimble.ledger.Validators;
import nimble.training.Audit.Phase;
import nimble.types.Address;
import nimble.types.Hash;

/// What votes may not settle is played between the miner and one accuser (J30): how such a dispute
/// begins, and what follows from its end.
///
/// What is at stake is locked already: the miner's bond in the stage, and the accuser's stake,
/// which cannot leave sooner than an unbonding period.
final class Disputes {
  /// What a lost accusation costs, in audit fees.
  static final int ACCUSER_FEES = 20;

  private Disputes() {}

  /// Draws the accuser by stake, of those that say that the work is false; there is none: nobody
  /// could tell.
  static void open(Turn turn, Audit audit) {
    List<Address> accusers = new ArrayList<>(Verdicts.saying(audit, Verdict.REJECTED));
    audit.votes().stream()
        .filter(vote -> vote.verdict() == Verdict.REJECTED)
        .map(Audit.Vote::validator)
        .filter(validator -> !accusers.contains(validator))
        .forEach(accusers::add);
    accusers.removeIf(accuser -> Validators.stake(turn.state(), accuser) == 0);
    if (accusers.isEmpty()) {
      Verdicts.undecided(turn, audit);
      return;
    }
    Hash seed = Hashing.of("dispute", audit.seed().bytes());
    Address accuser = Draws.order(turn.state(), accusers, seed).getFirst();
    turn.happened(new AuditEvent.Disputed(audit.id().number(), accuser));
    Audits.enter(turn, audit.accuse(accuser), Phase.DISPUTED, turn.parameters().dataChallenge());
  }

  /// A move is late.
  static void overdue(Turn turn, Audit audit) {
    concluded(turn, audit, DisputeResult.UNDECIDED);
  }

  static void concluded(Turn turn, Audit audit, DisputeResult result) {
    Address accuser = audit.contest().accuser().orElseThrow();
    switch (result) {
      case MINER_LOSES -> Verdicts.guilty(turn, audit, List.of(accuser));
      case ACCUSER_LOSES -> {
        long fees = Math.multiplyExact(ACCUSER_FEES, Verdicts.fee(turn, audit));
        long taken = Stakes.forfeit(turn.state(), accuser, fees);
        turn.happened(new AuditEvent.Forfeited(audit.id().number(), accuser, taken));
        Verdicts.upheld(turn, audit);
      }
      case UNDECIDED -> Verdicts.undecided(turn, audit);
    }
  }

  /// Who plays against the miner, while they play.
  static Optional<Address> accuser(Audit audit) {
    return audit.phase() == Phase.DISPUTED ? audit.contest().accuser() : Optional.empty();
  }
}
