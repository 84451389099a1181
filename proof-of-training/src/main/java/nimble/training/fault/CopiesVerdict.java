package nimble.training.fault;

import java.util.Optional;
import nimble.chain.Verdict;
import nimble.training.AuditSeat;
import nimble.training.role.Outcome;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.evidence.AuditBundle;
import nimble.types.Hash;

/// Redoes nothing: says what another has revealed, or, while nobody has, that all is well, with
/// what it can see of another's answer.
public record CopiesVerdict(AuditWork honest) implements DeviatingAudit {
  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    Optional<AuditSeat.Reveal> said =
        bundle.audit().heard().stream().flatMap(seat -> seat.reveal().stream()).findFirst();
    Hash seen =
        bundle.audit().heard().stream()
            .flatMap(seat -> seat.commitment().stream())
            .findFirst()
            .orElse(Hash.ZERO);
    return new Outcome.Redone(
        bundle.audit().id(),
        said.map(AuditSeat.Reveal::verdict).orElse(Verdict.UPHELD),
        said.map(AuditSeat.Reveal::answer).orElse(seen),
        said.flatMap(AuditSeat.Reveal::projection),
        "",
        0);
  }
}
