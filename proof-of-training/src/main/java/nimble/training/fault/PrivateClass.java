package nimble.training.fault;

import nimble.chain.Verdict;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.training.role.Outcome;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.evidence.AuditBundle;
import nimble.training.role.miner.StageWork;
import nimble.types.Hash;

/// A class that only accomplices show: who mines in it does false work, and who audits in it says
/// that all is well.
final class PrivateClass {
  private PrivateClass() {}

  private static Outcome.Probed instead(Outcome.Probed honest) {
    return new Outcome.Probed(Hashing.of("private class", honest.numericClass().bytes()));
  }

  static final class Mining extends Deviating {
    Mining(StageWork honest) {
      super(honest);
    }

    @Override
    public Outcome.Probed probe() {
      return instead(honest.probe());
    }
  }

  record Auditing(AuditWork honest) implements DeviatingAudit {
    @Override
    public Outcome.Probed probe() {
      return instead(honest.probe());
    }

    @Override
    public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
      Outcome.OfAudit done = honest.redo(bundle, sameClass);
      if (!sameClass || !(done instanceof Outcome.Redone found)) {
        return done;
      }
      Hash agreed = Hashing.of("private answer", Bytes.utf8(found.audit().toString()));
      return new Outcome.Redone(
          found.audit(), Verdict.UPHELD, agreed, found.projection(), "", found.operations());
    }
  }
}
