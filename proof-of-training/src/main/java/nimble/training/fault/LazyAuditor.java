package nimble.training.fault;

import java.util.Optional;
import nimble.chain.Verdict;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.training.role.Outcome;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.evidence.AuditBundle;
import nimble.types.Hash;
import nimble.vm.audit.Projection;

/// Redoes nothing: says that all is well, with an answer that it makes up.
///
/// @param seed of its answers: two that have the same collude
public record LazyAuditor(AuditWork honest, long seed) implements DeviatingAudit {
  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    Hash answer = Hashing.of("lazy", Bytes.ofU64(seed), bundle.audit().seed().bytes());
    Projection nothing = new Projection(Bytes.wrap(new byte[Projection.SIZE]));
    Optional<Projection> projection = bundle.mixed() ? Optional.of(nothing) : Optional.empty();
    return new Outcome.Redone(bundle.audit().id(), Verdict.UPHELD, answer, projection, "", 0);
  }
}
