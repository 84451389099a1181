package nimble.training.role.auditor;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.codec.Bytes;
import nimble.training.Audit;
import nimble.training.AuditSeat;
import nimble.training.ClosedStage;
import nimble.training.OpenDispute;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Side;
import nimble.training.dispute.Standing;
import nimble.training.role.EvidenceName;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RoundEvidence;
import nimble.training.role.evidence.RoundIndex;
import nimble.types.Address;
import nimble.types.PublicKey;
import nimble.vm.audit.Projection;

/// An open audit as the finalized state shows it to a validator that has, or had, a part in it.
///
/// @param auditor the validator's account
/// @param mixed it is heard across numeric classes
/// @param claimed what the audited miner committed to
/// @param sources hot keys of those who may have the evidence, the likeliest first
/// @param dispute what is played about it
/// @param shards of its data, since it was challenged
public record AuditDuty(
    Audit audit,
    Plan plan,
    Address auditor,
    boolean mixed,
    ClosedStage claimed,
    List<PublicKey> sources,
    Optional<OpenDispute> dispute,
    Optional<ShardDuty> shards) {
  public AuditDuty {
    sources = List.copyOf(sources);
  }

  /// Of an audit that is neither challenged nor disputed.
  AuditDuty(
      Audit audit,
      Plan plan,
      Address auditor,
      boolean mixed,
      ClosedStage claimed,
      List<PublicKey> sources) {
    this(audit, plan, auditor, mixed, claimed, sources, Optional.empty(), Optional.empty());
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
    return wantsAnswer(audit, auditor);
  }

  static boolean wantsAnswer(Audit audit, Address auditor) {
    return switch (audit.phase()) {
      case COMMITTING -> audit.seat(auditor).isPresent();
      case REVEALING ->
          audit
              .seat(auditor)
              .filter(seat -> seat.commitment().isPresent() && seat.reveal().isEmpty())
              .isPresent();
      case VOTING -> audit.voteOf(auditor).isEmpty() && !audit.miner().equals(auditor);
      case CHALLENGED, CONCEDING, DISPUTED -> false;
    };
  }

  /// Of what is asked and answered about this audit.
  EvidenceName name(EvidenceName.Kind kind) {
    return new EvidenceName(audit.slot(), audit.attempt(), round(), id().number(), kind);
  }

  RoundEvidence evidence(RoundIndex index) {
    return new RoundEvidence(plan, stage(), round(), index, claimed);
  }

  /// Shards have to be brought here, so that others can have them.
  boolean wantsData() {
    return audit.phase() == Audit.Phase.CHALLENGED
        && !holds()
        && !audit.miner().equals(auditor)
        && shards.filter(it -> !it.own().isEmpty()).isPresent();
  }

  /// The shards from which the data is to be had.
  Optional<ShardDuty> held() {
    return shards.filter(it -> it.bundle().isPresent());
  }

  /// The dispute in which this validator has to move.
  Optional<Dispute> toMove() {
    return dispute
        .map(OpenDispute::game)
        .filter(game -> game.side().equals(Optional.of(Side.ACCUSER)))
        .filter(_ -> audit.contest().accuser().equals(Optional.of(auditor)));
  }

  /// It has to say what is exact in the disputed step.
  boolean wantsFinding() {
    return !audit.miner().equals(auditor)
        && dispute
            .filter(open -> open.game().standing() instanceof Standing.Contradicted)
            .filter(open -> !open.hasFound(auditor))
            .isPresent();
  }

  /// This validator's `DataAnswer` is on chain.
  boolean holds() {
    return audit.holders().contains(auditor);
  }

  /// What to answer when the bundle that validators hold is not the data.
  Outcome.Redone withheld(String reason) {
    Optional<Projection> nothing =
        mixed
            ? Optional.of(new Projection(Bytes.wrap(new byte[Projection.SIZE])))
            : Optional.empty();
    return new Outcome.Redone(id(), Verdict.REJECTED, audit.withheld(), nothing, reason, 0);
  }

  /// Whether redoing the step needs the data set.
  boolean readsData() {
    return stage() == 0 || stage() == plan.depth() - 1;
  }
}
