package nimble.training;

import java.util.Optional;
import nimble.chain.AuditCall;
import nimble.chain.AuditCall.Appeal;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.AuditCall.Concede;
import nimble.chain.AuditCall.DataAnswer;
import nimble.chain.AuditCall.DataChallenge;
import nimble.chain.AuditCall.SketchCommit;
import nimble.chain.AuditCall.SketchOpen;
import nimble.chain.AuditCall.VerdictVote;
import nimble.chain.AuditId;
import nimble.genesis.TrainingParameters;
import nimble.ledger.Miner;
import nimble.ledger.Miners;
import nimble.ledger.Registration;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.Audit.Phase;
import nimble.types.Address;
import nimble.types.PublicKey;

/// Which calls around audits the chain waits for, and whose they are (J15 to J18).
final class AuditSlots {
  private AuditSlots() {}

  static PublicKey signer(StateView state, Job job, AuditCall call, TrainingParameters p)
      throws NotAwaited {
    return switch (call) {
      case AuditorJoin join -> {
        Slots.checkPlace(job, join.slot());
        Auditors.checkJoin(state, job, join, p);
        yield voter(state, join.auditor());
      }
      case AuditorOpen open -> {
        Slots.checkPlace(job, open.slot());
        Auditors.checkOpen(state, job, open);
        yield validator(state, open.auditor());
      }
      case AuditCall.Hearing hearing -> hearing(state, hearing);
      case Concede concede -> miner(state, conceding(state, concede).miner());
      case Appeal appeal -> miner(state, appealing(state, appeal).miner());
      case AuditCall.DisputeMove move -> Disputes.signer(state, move);
      case AuditCall.DisputeFinding finding -> Disputes.signer(state, finding);
      case SketchCommit commit -> {
        Slots.checkPlace(job, commit.slot());
        Drifts.checkCommit(state, job, commit, p.classes());
        yield validator(state, commit.auditor());
      }
      case SketchOpen open -> {
        Slots.checkPlace(job, open.slot());
        Drifts.checkOpen(state, job, open);
        yield validator(state, open.auditor());
      }
    };
  }

  /// Who may say this about an open audit.
  static PublicKey hearing(StateView state, AuditCall.Hearing call) throws NotAwaited {
    return switch (call) {
      case AuditCommit commit -> {
        Audit audit = audit(state, commit.audit(), Phase.COMMITTING);
        checkUncommitted(audit, commit.auditor());
        yield validator(state, commit.auditor());
      }
      case AuditReveal reveal -> {
        checkReveal(state, reveal);
        yield validator(state, reveal.auditor());
      }
      case DataChallenge challenge -> {
        // Once per audit, by who has not committed: it cannot get the data.
        Audit audit = audit(state, challenge.audit(), Phase.COMMITTING);
        NotAwaited.unless(
            audit.challenger().isEmpty(), "audit %s was challenged before", audit.id());
        checkUncommitted(audit, challenge.auditor());
        yield validator(state, challenge.auditor());
      }
      case DataAnswer answer -> {
        Audit audit = audit(state, answer.audit(), Phase.CHALLENGED);
        checkOther(audit, answer.validator());
        NotAwaited.unless(
            !audit.holders().contains(answer.validator()), "%s has said so", answer.validator());
        PublicKey key = validator(state, answer.validator());
        NotAwaited.unless(
            audit.challenge().orElseThrow().awaits(answer.validator()),
            "%s did not vote when it was challenged, and holds no shard",
            answer.validator());
        yield key;
      }
      case VerdictVote vote -> {
        Audit audit = audit(state, vote.audit(), Phase.VOTING);
        checkOther(audit, vote.validator());
        NotAwaited.unless(
            audit.voteOf(vote.validator()).isEmpty(), "%s has voted", vote.validator());
        yield voter(state, vote.validator());
      }
    };
  }

  private static Audit conceding(StateView state, Concede concede) throws NotAwaited {
    Audit audit = audit(state, concede.audit(), Phase.CONCEDING);
    NotAwaited.unless(
        Concessions.isAllowed(state, audit.miner()),
        "%s conceded within %d steps",
        audit.miner(),
        Concessions.STEPS);
    checkNoAppeal(audit);
    return audit;
  }

  private static Audit appealing(StateView state, Appeal appeal) throws NotAwaited {
    Audit audit = audit(state, appeal.audit());
    checkNoAppeal(audit);
    NotAwaited.unless(
        audit.takesAppeal(), "audit %s is %s: too early or late", audit.id(), audit.phase());
    return audit;
  }

  private static void checkReveal(StateView state, AuditReveal reveal) throws NotAwaited {
    Audit audit = audit(state, reveal.audit(), Phase.REVEALING);
    AuditSeat seat = seat(audit, reveal.auditor());
    NotAwaited.unless(seat.reveal().isEmpty(), "%s has revealed", reveal.auditor());
    NotAwaited.unless(
        seat.commitment().equals(Optional.of(reveal.commitment())),
        "%s committed to something else",
        reveal.auditor());
    NotAwaited.unless(
        Answers.hasForm(state, reveal), "several classes are heard by projections, one by none");
  }

  private static void checkUncommitted(Audit audit, Address auditor) throws NotAwaited {
    NotAwaited.unless(seat(audit, auditor).commitment().isEmpty(), "%s has committed", auditor);
  }

  private static void checkNoAppeal(Audit audit) throws NotAwaited {
    NotAwaited.unless(!audit.contest().appealed(), "%s has appealed", audit.miner());
  }

  /// Nobody judges itself.
  static void checkOther(Audit audit, Address validator) throws NotAwaited {
    NotAwaited.unless(!audit.miner().equals(validator), "%s is the miner", validator);
  }

  private static AuditSeat seat(Audit audit, Address auditor) throws NotAwaited {
    return audit
        .seat(auditor)
        .orElseThrow(() -> NotAwaited.because("%s has no seat in it", auditor));
  }

  static Audit audit(StateView state, AuditId id, Phase phase) throws NotAwaited {
    Audit audit = audit(state, id);
    NotAwaited.unless(audit.phase() == phase, "audit %s is %s, not %s", id, audit.phase(), phase);
    return audit;
  }

  private static Audit audit(StateView state, AuditId id) throws NotAwaited {
    return Jobs.audit(state, id).orElseThrow(() -> NotAwaited.because("audit %s is not open", id));
  }

  static PublicKey validator(StateView state, Address account) throws NotAwaited {
    return Validators.get(state, account)
        .map(Registration::hotKey)
        .orElseThrow(() -> NotAwaited.because("%s is no validator", account));
  }

  /// L22: registrations are not bounded, nor are they worth anything by themselves.
  static PublicKey voter(StateView state, Address account) throws NotAwaited {
    PublicKey key = validator(state, account);
    NotAwaited.unless(
        Validators.stake(state, account) > 0, "%s does not vote in this epoch", account);
    return key;
  }

  static PublicKey miner(StateView state, Address account) throws NotAwaited {
    return Miners.get(state, account)
        .map(Miner::hotKey)
        .orElseThrow(() -> NotAwaited.because("%s is no miner", account));
  }
}
