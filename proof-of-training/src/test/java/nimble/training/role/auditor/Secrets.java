package nimble.training.role.auditor;

import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.crypto.Hashing;
import nimble.types.Hash;

/// What only one auditor of a test knows.
public record Secrets(String whose) implements Auditor.Secrets {
  public static Secrets of(String whose) {
    return new Secrets(whose);
  }

  @Override
  public Hash salt(AuditId audit) {
    return Hashing.of("salt of %s for %s".formatted(whose, audit));
  }

  @Override
  public Hash key(StageSlot slot, long epoch) {
    return Hashing.of("key of %s for %s in %d".formatted(whose, slot, epoch));
  }
}
