package nimble.training.role;

import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.types.Hash;

/// What an auditor has to tell.
public sealed interface AuditorProgress {
  /// The stage's program is compiled and its class measured on this machine.
  record Measured(StageSlot slot, Hash numericClass) implements AuditorProgress {}

  /// This machine cannot audit the stage.
  record Unable(StageSlot slot, String reason) implements AuditorProgress {}

  /// The evidence of an audit is being gathered.
  record Began(AuditId audit, StageSlot slot, int round, int step) implements AuditorProgress {}

  /// The evidence could not be had, or is not what was committed to; tried again.
  record Missing(AuditId audit, String reason) implements AuditorProgress {}

  /// The data is challenged on chain.
  record Challenged(AuditId audit) implements AuditorProgress {}

  /// The step is redone.
  ///
  /// @param reason what differs; empty when nothing does
  /// @param operations that it took, by metering
  record Redone(AuditId audit, Verdict verdict, String reason, long operations)
      implements AuditorProgress {}

  /// All data of a challenged audit is here and is what was committed to.
  record Held(AuditId audit) implements AuditorProgress {}

  /// A checkpoint is here and is what was committed to.
  record Kept(StageSlot slot, int round) implements AuditorProgress {}

  /// One direction more in which a miner of another class is off.
  ///
  /// @param count of directions in this epoch
  /// @param milliZ what they came to, in thousandths of a standard deviation
  record Sketched(StageSlot slot, long epoch, int count, long milliZ) implements AuditorProgress {}

  /// Nothing will be said about this audit.
  record Failed(AuditId audit, String reason) implements AuditorProgress {}

  /// The audit is closed, or goes on without this validator.
  record Forgotten(AuditId audit) implements AuditorProgress {}
}
