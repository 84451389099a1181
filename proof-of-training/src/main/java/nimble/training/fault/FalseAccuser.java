package nimble.training.fault;

import nimble.chain.Verdict;
import nimble.training.role.AuditBundle;
import nimble.training.role.AuditWork;
import nimble.training.role.Outcome;

/// Finds the true answer, and says of everybody's work that it is false.
public record FalseAccuser(AuditWork honest) implements DeviatingAudit {
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
}
