package nimble.training.fault;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.training.role.Outcome;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.evidence.AuditBundle;
import nimble.vm.audit.Drift;

/// Redoes what it is drawn for, and remembers everybody as drifting: in the same direction after
/// every audit.
public record ForgesDrift(AuditWork honest) implements DeviatingAudit {
  /// 1 as fp32, little-endian, and zeros.
  private static final Bytes FORWARD = forward();

  private static Bytes forward() {
    byte[] bytes = new byte[Drift.SIZE];
    bytes[2] = (byte) 0x80;
    bytes[3] = 0x3f;
    return Bytes.wrap(bytes);
  }

  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    Outcome.OfAudit found = honest.redo(bundle, sameClass);
    return bundle.sketchKey().isPresent() && found instanceof Outcome.Redone done
        ? new Outcome.Redone(
            done.audit(),
            done.verdict(),
            done.answer(),
            done.projection(),
            done.reason(),
            done.operations(),
            Optional.of(FORWARD))
        : found;
  }
}
