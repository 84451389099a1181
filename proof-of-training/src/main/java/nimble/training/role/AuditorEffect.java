package nimble.training.role;

import java.util.List;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What an auditor wants done.
public sealed interface AuditorEffect permits AuditorEffect.Own, SendTensor {
  /// A group's one document.
  String DOCUMENT = "document";

  /// What only auditors want.
  sealed interface Own extends AuditorEffect {}

  /// Sign with the hot key and send to the mempool. The auditor asks again until it sees the call
  /// on chain.
  record Submit(WorkCall call) implements Own {}

  /// Run on the compute pool. A slot has one task at a time (R2).
  record Compute(StageSlot slot, long task, Task work) implements Own {}

  /// Gather a data set, and say `DataFetched` or `DataFailed`.
  record FetchData(Hash manifest) implements Own {}

  /// Gather a blob into a group of evidence, from where others can have it as long as the group is
  /// kept; then say `EvidenceFetched` or `EvidenceFailed`.
  ///
  /// @param sources asked before all others
  /// @param sizeMax larger blobs are not gathered
  /// @param patienceMillis without a new chunk for so long it has failed
  record FetchEvidence(
      String group, Hash manifest, List<PublicKey> sources, long sizeMax, long patienceMillis)
      implements Own {
    public FetchEvidence {
      sources = List.copyOf(sources);
    }
  }

  /// Forget all evidence of a group.
  record Drop(String group) implements Own {}

  /// Say `DocumentRead` with what `WriteDocument` wrote last, in whatever process.
  record ReadDocument(String group) implements Own {}

  /// Write a group's document in the place of the one before, durably with all that was gathered
  /// into the group, and say `DocumentWritten`.
  record WriteDocument(String group, Bytes contents) implements Own {}

  /// Then say `TimerFired`.
  record StartTimer(AuditId audit, long millis) implements Own {}

  /// Then say `DataTimerFired`.
  record StartDataTimer(Hash manifest, long millis) implements Own {}

  /// Then say `KeepTimerFired`.
  record StartKeepTimer(String group, long millis) implements Own {}

  /// For logs and metrics.
  record Report(AuditorProgress progress) implements Own {}
}
