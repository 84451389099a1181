package nimble.training;

import java.util.Optional;
import nimble.chain.AuditCall;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.StageSlot;
import nimble.genesis.TrainingParameters;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
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
      case AuditCall.AuditCommit _,
          AuditCall.AuditReveal _,
          AuditCall.DataChallenge _,
          AuditCall.DataAnswer _,
          AuditCall.Concede _,
          AuditCall.VerdictVote _ ->
          Optional.empty();
    };
  }

  private static Optional<Job> job(StateView state, StageSlot slot) {
    return Jobs.load(state, slot.job())
        .filter(job -> slot.replica() == 0 && slot.stage() < job.stages().size());
  }

  private static Optional<PublicKey> validator(StateView state, Address account) {
    return Validators.get(state, account).map(Validators.Registration::hotKey);
  }
}
