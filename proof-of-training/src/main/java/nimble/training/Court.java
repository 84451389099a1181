package nimble.training;

import java.util.List;
import nimble.genesis.TrainingParameters;
import nimble.ledger.BlockContext;
import nimble.ledger.Overlay;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.vm.ModelSpec;

/// Where audits are heard: what differs between those of a job ([Turn], J16 to J18) and those of
/// what a deployment served ([ServeCourt], S10 to S12).
interface Court {
  Overlay state();

  BlockContext context();

  /// Of the job or the deployment.
  JobId id();

  ModelSpec model();

  AuditSums sums();

  void put(AuditSums sums);

  void happened(JobEvent event);

  /// The class that the audited miner showed.
  Hash claimed(Audit audit);

  /// Of one auditor.
  long fee(Audit audit);

  /// What one auditor spends, by metering.
  long operations(Audit audit);

  /// What is audited, in words.
  String subject(Audit audit);

  /// Whether the miner may concede or appeal before and while all vote, and play it out then.
  boolean hearsMiner();

  void concede(Audit audit);

  /// Nobody could tell, or an appeal is to be decided.
  ///
  /// @param appealed against a guilty vote; otherwise too few could vote
  void dispute(Audit audit, boolean appealed);

  void disputeOverdue(Audit audit);

  /// The audit is not open any more.
  void closed(Audit audit, AuditOutcome outcome);

  void unpaid(Audit audit);

  /// @param rule of this package
  void strike(Audit audit, String rule, String reason);

  /// Its bits were others than its class has.
  void deviated(Audit audit);

  void convict(Audit audit, String reason, List<Address> finders);

  default Moment now() {
    return context().now();
  }

  default TrainingParameters parameters() {
    return context().parameters().training();
  }
}
