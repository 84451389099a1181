package nimble.training.role.auditor;

import java.util.Optional;
import java.util.SortedSet;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.role.EvidenceName;
import nimble.training.role.Outcome;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// What happens to an [Auditor].
public sealed interface AuditorInput {
  /// A block is final.
  record Finalized(Moment now, Duties duties) implements AuditorInput {}

  /// The groups of evidence that were kept here when the node started: those of audits that are
  /// over go.
  record GroupsFound(SortedSet<String> groups) implements AuditorInput {}

  record EvidenceReceived(PublicKey from, EvidenceName name, Bytes payload)
      implements AuditorInput {}

  /// The whole of a data set.
  record DataFetched(Hash manifest, ByteSource data) implements AuditorInput {}

  record DataFailed(Hash manifest, String reason) implements AuditorInput {}

  /// The whole of a blob that `FetchEvidence` asked for.
  record EvidenceFetched(String group, Hash manifest, ByteSource data) implements AuditorInput {}

  record EvidenceFailed(String group, Hash manifest, String reason) implements AuditorInput {}

  /// The answer to `ReadDocument`.
  record DocumentRead(String group, Optional<Bytes> contents) implements AuditorInput {}

  /// The answer to `WriteDocument`.
  ///
  /// @param kept false when there is no room
  record DocumentWritten(String group, boolean kept) implements AuditorInput {}

  record Computed(StageSlot slot, long task, Outcome outcome) implements AuditorInput {}

  record ComputeFailed(StageSlot slot, long task, String reason) implements AuditorInput {}

  record TimerFired(AuditId audit) implements AuditorInput {}

  /// A data set is to be asked for again.
  record DataTimerFired(Hash manifest) implements AuditorInput {}

  /// A checkpoint is to be asked for again.
  record KeepTimerFired(String group) implements AuditorInput {}

  /// Frees everything; nothing follows it but `Computed`.
  record Stopping() implements AuditorInput {}
}
