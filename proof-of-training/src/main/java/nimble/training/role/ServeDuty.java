package nimble.training.role;

import java.util.List;
import java.util.Optional;
import nimble.training.Audit;
import nimble.training.AuditSeat;
import nimble.training.HostAccount;
import nimble.training.ServedStage;
import nimble.types.Address;
import nimble.types.PublicKey;

/// An open audit of what a host served, as the finalized state shows it to a validator that has a
/// part in it.
///
/// @param account of the host: its class, and the receipt that is drawn
/// @param auditor the validator's account
/// @param mixed it is heard across numeric classes
/// @param sources hot keys of those who may have the evidence, the likeliest first
public record ServeDuty(
    Audit audit,
    HostAccount account,
    ServedStage stage,
    PublicKey gateway,
    Address auditor,
    boolean mixed,
    List<PublicKey> sources) {
  public ServeDuty {
    sources = List.copyOf(sources);
  }

  Optional<AuditSeat> seat() {
    return audit.seat(auditor);
  }

  boolean wantsAnswer() {
    return AuditDuty.wantsAnswer(audit, auditor);
  }

  /// It has to bring the row here, so that others can have it.
  boolean wantsData() {
    return audit.phase() == Audit.Phase.CHALLENGED && !holds() && !audit.miner().equals(auditor);
  }

  boolean holds() {
    return audit.holders().contains(auditor);
  }

  /// The position that was drawn.
  long position() {
    return account.served().tokens() + audit.step();
  }

  EvidenceName name(EvidenceName.Kind kind) {
    return new EvidenceName(audit.slot(), audit.attempt(), 0, audit.id().number(), kind);
  }
}
