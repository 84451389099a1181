package nimble.training.role;

import java.util.List;
import nimble.blob.Manifest;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What a host wants done.
public sealed interface HostEffect permits HostEffect.Own, SendTensor {
  /// A group's one document.
  String DOCUMENT = "rows";

  /// What only hosts want.
  sealed interface Own extends HostEffect {}

  /// Sign with the hot key and send to the mempool.
  record Submit(WorkCall call) implements Own {}

  /// Decode a promise with its signature, verify that `gateway` signed it, and say
  /// `PromiseChecked`.
  record CheckPromise(StageSlot slot, PublicKey gateway, DecodeTensor name, Bytes promise)
      implements Own {}

  /// Put the blob into the group, durably, and say `EvidenceKept`.
  record KeepEvidence(StageSlot slot, String group, Manifest manifest, List<Bytes> chunks)
      implements Own {
    public KeepEvidence {
      chunks = List.copyOf(chunks);
    }
  }

  /// Write the group's document ([#DOCUMENT]), durably with all that the group got before, and say
  /// `EvidenceWritten`.
  record WriteEvidence(StageSlot slot, String group, Bytes contents) implements Own {}

  /// Say `EvidenceRead` with what was written last, in whatever process.
  record ReadEvidence(String group) implements Own {}

  record DropEvidence(String group) implements Own {}

  /// Say `EvidenceFound` with all groups of the shelf.
  record FindEvidence() implements Own {}

  /// Run on the compute pool. A slot has one task at a time (R2).
  record Compute(StageSlot slot, long task, Task work) implements Own {}

  /// Gather the blob, check every chunk, and say `DataFetched` or `FetchFailed`.
  record FetchData(Hash manifest) implements Own {}

  record StartTimer(StageSlot slot, long millis) implements Own {}

  /// For logs.
  record Report(StageSlot slot, Word word, String detail) implements Own {}

  /// What a host has to tell.
  enum Word {
    SERVES,
    FAILED
  }
}
