package nimble.training.role.auditor;

import java.util.List;
import java.util.Optional;
import nimble.chain.ServePromise;
import nimble.codec.Malformed;
import nimble.training.Audit;
import nimble.training.AuditSeat;
import nimble.training.HostAccount;
import nimble.training.ServedStage;
import nimble.training.role.EvidenceName;
import nimble.training.role.serving.RowEntry;
import nimble.training.role.serving.RowEvidence;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.PublicKey;
import nimble.vm.StageSpec;
import nimble.vm.generation.ReplayAudit;

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

  /// Checks that a row is what the host committed to and what its gateway agreed to; takes no
  /// program.
  ///
  /// @param entry of the drawn row in the receipt's list
  /// @param from positions that were promised before the row
  /// @throws Malformed when it is no such evidence
  void check(ChainId chain, RowEvidence row, RowEntry entry, long from) throws Malformed {
    ServePromise said = row.promise().promise();
    if (!said.slot().equals(audit.slot())
        || said.attempt() != audit.attempt()
        || said.from() != from
        || said.tokens() != entry.tokens()
        || !said.row().equals(row.replay().hash())
        || !row.promise().holds(gateway, chain)) {
      throw new Malformed("the gateway promised nothing for this row");
    }
    StageSpec spec = stage.spec();
    ReplayAudit.check(spec, row.row(), row.given(spec.takesTokens()), row.replay());
  }

  EvidenceName name(EvidenceName.Kind kind) {
    return new EvidenceName(audit.slot(), audit.attempt(), 0, audit.id().number(), kind);
  }
}
