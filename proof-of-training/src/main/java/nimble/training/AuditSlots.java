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
import nimble.chain.StageSlot;
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

  static Optional<PublicKey> signerOf(StateView state, AuditCall call, TrainingParameters p) {
    return switch (call) {
      case AuditorJoin join ->
          job(state, join.slot())
              .filter(job -> Auditors.takesJoin(state, job, join, p))
              .flatMap(_ -> validator(state, join.auditor()));
      case AuditorOpen open ->
          job(state, open.slot())
              .filter(job -> Auditors.takesOpen(state, job, open))
              .flatMap(_ -> validator(state, open.auditor()));
      case AuditCommit commit ->
          seat(state, commit.audit(), Phase.COMMITTING, commit.auditor())
              .filter(seat -> seat.commitment().isEmpty())
              .flatMap(_ -> validator(state, commit.auditor()));
      case AuditReveal reveal ->
          seat(state, reveal.audit(), Phase.REVEALING, reveal.auditor())
              .filter(seat -> seat.reveal().isEmpty())
              .filter(seat -> seat.commitment().equals(Optional.of(reveal.commitment())))
              .filter(_ -> Answers.hasForm(state, reveal))
              .flatMap(_ -> validator(state, reveal.auditor()));
      case DataChallenge challenge -> signerOf(state, challenge);
      case DataAnswer answer ->
          audit(state, answer.audit(), Phase.CHALLENGED)
              .filter(audit -> !audit.miner().equals(answer.validator()))
              .filter(audit -> !audit.holders().contains(answer.validator()))
              .flatMap(_ -> validator(state, answer.validator()));
      case Concede concede ->
          audit(state, concede.audit(), Phase.CONCEDING)
              .filter(audit -> Concessions.isAllowed(state, audit.miner()))
              .filter(audit -> !audit.contest().appealed())
              .flatMap(audit -> Miners.get(state, audit.miner()))
              .map(Miner::hotKey);
      case Appeal appeal ->
          Jobs.audit(state, appeal.audit())
              .filter(Audit::takesAppeal)
              .flatMap(audit -> Miners.get(state, audit.miner()))
              .map(Miner::hotKey);
      case AuditCall.DisputeMove move -> Disputes.signerOf(state, move);
      case AuditCall.DisputeFinding finding -> Disputes.signerOf(state, finding);
      case SketchCommit commit ->
          job(state, commit.slot())
              .filter(job -> Drifts.takesCommit(state, job, commit))
              .flatMap(_ -> validator(state, commit.auditor()));
      case SketchOpen open ->
          job(state, open.slot())
              .filter(job -> Drifts.takesOpen(state, job, open))
              .flatMap(_ -> validator(state, open.auditor()));
      case VerdictVote vote ->
          audit(state, vote.audit(), Phase.VOTING)
              .filter(audit -> !audit.miner().equals(vote.validator()))
              .filter(audit -> audit.voteOf(vote.validator()).isEmpty())
              .flatMap(_ -> validator(state, vote.validator()));
    };
  }

  /// Once per audit, by who has not committed: it cannot get the data.
  private static Optional<PublicKey> signerOf(StateView state, DataChallenge challenge) {
    return audit(state, challenge.audit(), Phase.COMMITTING)
        .filter(audit -> audit.challenger().isEmpty())
        .flatMap(audit -> audit.seat(challenge.auditor()))
        .filter(seat -> seat.commitment().isEmpty())
        .flatMap(_ -> validator(state, challenge.auditor()));
  }

  private static Optional<AuditSeat> seat(
      StateView state, AuditId id, Phase phase, Address auditor) {
    return audit(state, id, phase).flatMap(audit -> audit.seat(auditor));
  }

  private static Optional<Audit> audit(StateView state, AuditId id, Phase phase) {
    return Jobs.audit(state, id).filter(audit -> audit.phase() == phase);
  }

  private static Optional<Job> job(StateView state, StageSlot slot) {
    return Jobs.load(state, slot.job())
        .filter(job -> slot.replica() == 0 && slot.stage() < job.stages().size());
  }

  private static Optional<PublicKey> validator(StateView state, Address account) {
    return Validators.get(state, account).map(Registration::hotKey);
  }
}
