package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.DisputeFinding;
import nimble.chain.AuditCall.DisputeMove;
import nimble.chain.Verdict;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.Hashing;
import nimble.ledger.Stakes;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.Audit.Phase;
import nimble.training.dispute.Board;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Game;
import nimble.training.dispute.Move;
import nimble.training.dispute.Refused;
import nimble.training.dispute.Side;
import nimble.training.dispute.Standing;
import nimble.training.spec.JobSpec;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.vm.StageSpec;

/// What votes may not settle is played between the miner and one accuser (J30): how such a dispute
/// begins, whose move it is, and what follows from its end. The game itself is
/// [nimble.training.dispute].
///
/// What is at stake is locked already: the miner's bond in the stage, and the accuser's stake,
/// which cannot leave sooner than an unbonding period.
final class Disputes {
  /// What a lost accusation costs, in audit fees.
  static final int ACCUSER_FEES = 20;

  private Disputes() {}

  /// Draws the accuser by stake, of those that say that the work is false. Without one nobody could
  /// tell; what the game has no room for ([Board#isPlayable]) is as the votes said.
  ///
  /// @param appealed against a guilty vote; otherwise too few could vote
  static void open(Turn turn, Audit audit, boolean appealed) {
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
    if (!isPlayable(turn, audit)) {
      asVoted(turn, audit);
      return;
    }
    Hash seed = Hashing.of("dispute", audit.seed().bytes());
    Address accuser = Draws.order(turn.state(), accusers, seed).getFirst();
    turn.happened(new AuditEvent.Disputed(audit.id().number(), audit.miner(), accuser, appealed));
    goOn(turn, audit.accuse(accuser), Dispute.open());
  }

  /// An appeal must not help where no game can follow: the guilty vote stands. Where too few voted,
  /// it is undecided.
  private static void asVoted(Turn turn, Audit audit) {
    if (Verdicts.ballot(turn, audit).decision() == Ballot.Decision.GUILTY) {
      Verdicts.guilty(turn, audit, List.of());
    } else {
      Verdicts.undecided(turn, audit);
    }
  }

  private static boolean isPlayable(Turn turn, Audit audit) {
    JobSpec spec = Jobs.spec(turn.state(), turn.job().id()).orElseThrow();
    StageSpec stage = spec.stageSpecs().get(audit.slot().stage());
    return Board.isPlayable(stage, spec.training(), trains(turn.job(), audit));
  }

  /// What the audited step of a job is, to the game.
  static Board board(StateView state, Job job, Audit audit) {
    JobSpec spec = Jobs.spec(state, job.id()).orElseThrow();
    StageSpec stage = spec.stageSpecs().get(audit.slot().stage());
    long step = (long) job.rounds().firstStep(audit.round()) + audit.step();
    return Board.of(stage, spec.training(), trains(job, audit), step);
  }

  private static boolean trains(Job job, Audit audit) {
    return audit.step() < job.rounds().stepsOf(audit.round());
  }

  /// Who makes a move may sign it, when it is its turn and the move is the next.
  static PublicKey signer(StateView state, DisputeMove move) throws NotAwaited {
    Audit audit = AuditSlots.audit(state, move.audit(), Phase.DISPUTED);
    Dispute game = Jobs.dispute(state, audit.id()).orElseThrow().game();
    NotAwaited.unless(
        game.moves() == move.number(), "move %d, the next is %d", move.number(), game.moves());
    Side side = game.side().orElseThrow(() -> NotAwaited.because("validators say what they find"));
    Address next =
        switch (side) {
          case MINER -> audit.miner();
          case ACCUSER -> accuser(audit).orElseThrow();
        };
    NotAwaited.unless(move.player().equals(next), "it is the turn of %s", next);
    return switch (side) {
      case MINER -> AuditSlots.miner(state, next);
      case ACCUSER -> AuditSlots.validator(state, next);
    };
  }

  /// Every validator but the miner may say once what is exact, while it is asked.
  static PublicKey signer(StateView state, DisputeFinding finding) throws NotAwaited {
    Audit audit = AuditSlots.audit(state, finding.audit(), Phase.DISPUTED);
    AuditSlots.checkOther(audit, finding.validator());
    OpenDispute open = Jobs.dispute(state, audit.id()).orElseThrow();
    NotAwaited.unless(
        open.game().standing() instanceof Standing.Contradicted, "nobody has contradicted");
    NotAwaited.unless(!open.hasFound(finding.validator()), "%s has said so", finding.validator());
    return AuditSlots.voter(state, finding.validator());
  }

  /// @return why the move may not be made; nothing has changed then
  static Optional<String> moved(Turn turn, DisputeMove call) {
    Audit audit = Jobs.audit(turn.state(), call.audit()).orElseThrow();
    Dispute game = Jobs.dispute(turn.state(), call.audit()).orElseThrow().game();
    Side side = game.side().orElseThrow();
    Game.Step step;
    try {
      Move move = Reader.decode(call.move(), Move::read);
      step = Game.play(board(turn.state(), turn.job(), audit), game, side, move);
    } catch (Malformed e) {
      return Optional.of("the move: " + e.reason());
    } catch (Refused e) {
      return Optional.of(e.reason());
    }
    turn.happened(
        new AuditEvent.DisputeMoved(
            audit.id().number(), call.player(), call.number(), call.move().size()));
    switch (step) {
      case Game.Step.Goes(Dispute next) -> goOn(turn, audit, next);
      case Game.Step.Ends(var result) -> concluded(turn, audit, DisputeResult.of(result));
    }
    return Optional.empty();
  }

  private static void goOn(Turn turn, Audit audit, Dispute next) {
    Jobs.put(turn.state(), audit.id(), OpenDispute.of(next));
    Audits.enter(turn, audit, Phase.DISPUTED, turn.parameters().dataChallenge());
  }

  static void found(Turn turn, DisputeFinding call) {
    Audit audit = Jobs.audit(turn.state(), call.audit()).orElseThrow();
    OpenDispute open =
        Jobs.dispute(turn.state(), audit.id()).orElseThrow().find(call.validator(), call.subject());
    Jobs.put(turn.state(), audit.id(), open);
    if (open.game().standing() instanceof Standing.Contradicted(Hash miners, Hash accusers)) {
      if (isBorneOut(turn.state(), open, miners)) {
        concluded(turn, audit, DisputeResult.ACCUSER_LOSES);
      } else if (isBorneOut(turn.state(), open, accusers)) {
        concluded(turn, audit, DisputeResult.MINER_LOSES);
      }
    }
  }

  /// By more than two thirds of all stake.
  private static boolean isBorneOut(StateView state, OpenDispute open, Hash subject) {
    long stake =
        open.findings().stream()
            .filter(finding -> finding.subject().equals(subject))
            .mapToLong(finding -> Validators.stake(state, finding.validator()))
            .sum();
    return 3 * stake > 2 * Validators.totalStake(state);
  }

  /// A move is late.
  static void overdue(Turn turn, Audit audit) {
    Dispute game = Jobs.dispute(turn.state(), audit.id()).orElseThrow().game();
    concluded(turn, audit, DisputeResult.of(game.silence()));
  }

  static void concluded(Turn turn, Audit audit, DisputeResult result) {
    Address accuser = audit.contest().accuser().orElseThrow();
    turn.happened(new AuditEvent.DisputeEnded(audit.id().number(), result));
    switch (result) {
      case MINER_LOSES -> Verdicts.guilty(turn, audit, List.of(accuser));
      case ACCUSER_LOSES -> {
        forfeit(turn, audit, accuser);
        Verdicts.upheld(turn, audit);
      }
      case BOTH_LOSE -> {
        forfeit(turn, audit, accuser);
        Verdicts.guilty(turn, audit, List.of());
      }
      case UNDECIDED -> Verdicts.undecided(turn, audit);
      case NO_ROOM -> asVoted(turn, audit);
    }
  }

  private static void forfeit(Turn turn, Audit audit, Address accuser) {
    long fees = Math.multiplyExact(ACCUSER_FEES, turn.fee(audit));
    long taken = Stakes.forfeit(turn.state(), accuser, fees);
    turn.happened(
        new AuditEvent.Forfeited(audit.id().number(), accuser, "J30: lost a dispute", taken));
  }

  /// Who plays against the miner, while they play.
  static Optional<Address> accuser(Audit audit) {
    return audit.phase() == Phase.DISPUTED ? audit.contest().accuser() : Optional.empty();
  }
}
