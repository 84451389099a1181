package nimble.training.fault;

import nimble.chain.Verdict;
import nimble.training.dispute.Dispute;
import nimble.training.role.Outcome;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.evidence.AuditBundle;

/// Finds the true answer, and says of everybody's work that it is false.
///
/// @param plays shows in a dispute what its machine says; otherwise it has nothing to show
public record FalseAccuser(AuditWork honest, boolean plays) implements DeviatingAudit {
  public FalseAccuser(AuditWork honest) {
    this(honest, false);
  }

  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    return honest.redo(bundle, sameClass) instanceof Outcome.Redone done
        ? new Outcome.Redone(
            done.audit(),
            Verdict.REJECTED,
            done.answer(),
            done.projection(),
            "an accusation",
            done.operations())
        : new Outcome.Unusable(bundle.audit().id(), "an accuser needs the answer too");
  }

  @Override
  public Outcome.OfAudit play(AuditBundle bundle, boolean sameClass, Dispute dispute) {
    return plays
        ? honest.play(bundle, sameClass, dispute)
        : DeviatingAudit.super.play(bundle, sameClass, dispute);
  }
}
