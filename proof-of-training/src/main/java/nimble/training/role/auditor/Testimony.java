package nimble.training.role.auditor;

import java.util.Optional;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.VerdictVote;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.training.Audit;
import nimble.training.AuditSeat;
import nimble.training.role.Outcome;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.vm.audit.Projection;

/// What a validator says on chain of what it found in an audit (R14): the same after a restart, for
/// the bits and the salt are.
record Testimony(Audit audit, Address auditor, Outcome.Redone found, Auditor.Secrets secrets) {
  WorkCall commit() {
    return new AuditCommit(audit.id(), auditor, opened().commitment());
  }

  /// Empty when another answer was committed to.
  Optional<WorkCall> reveal(AuditSeat seat) {
    AuditReveal reveal = opened();
    return seat.commitment().filter(reveal.commitment()::equals).map(_ -> reveal);
  }

  WorkCall vote() {
    return new VerdictVote(audit.id(), auditor, found.verdict(), found.answer());
  }

  /// What opens the commitment to it.
  private AuditReveal opened() {
    Hash salt = secrets.salt(audit.id());
    Bytes shown = found.projection().map(Projection::bytes).orElse(Bytes.EMPTY);
    return new AuditReveal(found.audit(), auditor, found.verdict(), found.answer(), salt, shown);
  }
}
