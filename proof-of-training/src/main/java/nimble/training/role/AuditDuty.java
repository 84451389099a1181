package nimble.training.role;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.training.Audit;
import nimble.training.AuditSeat;
import nimble.training.ClosedStage;
import nimble.types.Address;
import nimble.types.PublicKey;

/// An open audit as the finalized state shows it to a validator that has, or had, a part in it.
///
/// @param auditor the validator's account
/// @param mixed it is heard across numeric classes
/// @param claimed what the audited miner committed to
/// @param sources hot keys of those who may have the evidence, the likeliest first
public record AuditDuty(
    Audit audit,
    Plan plan,
    Address auditor,
    boolean mixed,
    ClosedStage claimed,
    List<PublicKey> sources) {
  public AuditDuty {
    sources = List.copyOf(sources);
  }

  AuditId id() {
    return audit.id();
  }

  StageSlot slot() {
    return audit.slot();
  }

  int stage() {
    return audit.slot().stage();
  }

  int round() {
    return audit.round();
  }

  Optional<AuditSeat> seat() {
    return audit.seat(auditor);
  }

  /// An answer has to be found, for whatever it is needed next.
  boolean wantsAnswer() {
    return switch (audit.phase()) {
      case COMMITTING -> seat().isPresent();
      case REVEALING ->
          seat()
              .filter(seat -> seat.commitment().isPresent() && seat.reveal().isEmpty())
              .isPresent();
      case VOTING -> !voted() && !audit.miner().equals(auditor);
      case CHALLENGED, CONCEDING, DISPUTED -> false;
    };
  }

  /// All data has to be brought here, so that others can have it.
  boolean wantsData() {
    return audit.phase() == Audit.Phase.CHALLENGED && !holds() && !audit.miner().equals(auditor);
  }

  /// This validator's `DataAnswer` is on chain.
  boolean holds() {
    return audit.holders().contains(auditor);
  }

  private boolean voted() {
    return audit.votes().stream().anyMatch(vote -> vote.validator().equals(auditor));
  }

  /// Whether redoing the step needs the data set.
  boolean readsData() {
    return stage() == 0 || stage() == plan.depth() - 1;
  }
}
