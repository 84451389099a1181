package nimble.training.role.auditor;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.training.role.KeepDuty;
import nimble.types.PublicKey;

/// What one validator has to do, in the state after the newest finalized block.
///
/// @param validators hot keys of all validators
/// @param stages of all jobs that are not at their end
/// @param audits open ones in which it has a part; what is gone from here may be forgotten
/// @param keeps checkpoints of which it is custodian, as long as a job may go back to them
/// @param serving of deployments
public record Duties(
    SortedSet<PublicKey> validators,
    List<StageDuty> stages,
    List<AuditDuty> audits,
    List<KeepDuty> keeps,
    ServeDuties serving) {
  /// Of somebody who is no validator.
  public static final Duties NONE =
      new Duties(Collections.emptySortedSet(), List.of(), List.of(), List.of(), ServeDuties.NONE);

  /// Of who has nothing to do with deployments.
  Duties(
      SortedSet<PublicKey> validators,
      List<StageDuty> stages,
      List<AuditDuty> audits,
      List<KeepDuty> keeps) {
    this(validators, stages, audits, keeps, ServeDuties.NONE);
  }

  public Duties {
    validators = Collections.unmodifiableSortedSet(new TreeSet<>(validators));
    stages = List.copyOf(stages);
    audits = List.copyOf(audits);
    keeps = List.copyOf(keeps);
  }

  /// Whom the validator may have to ask for evidence.
  public SortedSet<PublicKey> miners() {
    TreeSet<PublicKey> miners = new TreeSet<>(serving.hosts());
    for (StageDuty stage : stages) {
      stage.miner().ifPresent(miners::add);
    }
    return miners;
  }
}
