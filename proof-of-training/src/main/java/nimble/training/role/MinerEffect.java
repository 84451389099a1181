package nimble.training.role;

import java.util.List;
import nimble.blob.Manifest;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What a miner wants done.
public sealed interface MinerEffect permits MinerEffect.Own, SendTensor {
  /// A group's one document.
  String DOCUMENT = "index";

  /// What only miners want.
  sealed interface Own extends MinerEffect {}

  /// Sign with the hot key and send to the mempool. The miner asks again until it sees the call on
  /// chain.
  record Submit(WorkCall call) implements Own {}

  /// Run on the compute pool. A slot has one task at a time (R2).
  record Compute(StageSlot slot, long task, Task work) implements Own {}

  /// Gather the blob, check every chunk, and say `DataFetched` or `FetchFailed`.
  record FetchData(Hash manifest) implements Own {}

  /// Keep the chunks and the manifest for good, and serve them.
  record StoreBlob(Manifest manifest, List<Bytes> chunks) implements Own {
    public StoreBlob {
      chunks = List.copyOf(chunks);
    }
  }

  /// Say `EvidenceFound` with all groups of the shelf.
  record FindEvidence() implements Own {}

  /// Put the blob into the group, and say `EvidenceKept`. One such effect is outside at a time.
  record KeepEvidence(String group, Manifest manifest, List<Bytes> chunks) implements Own {
    public KeepEvidence {
      chunks = List.copyOf(chunks);
    }
  }

  /// Write the group's document ([#DOCUMENT]), durably with all that the group got before, and say
  /// `EvidenceKept`. Counts as `KeepEvidence`.
  record WriteEvidence(String group, Bytes contents) implements Own {}

  /// Gather a blob into the group, at best from this node itself, and say `EvidenceFetched` or
  /// `EvidenceFailed`.
  ///
  /// @param sources asked before all others
  /// @param sizeMax larger blobs are not gathered
  record FetchEvidence(String group, Hash manifest, List<PublicKey> sources, long sizeMax)
      implements Own {
    public FetchEvidence {
      sources = List.copyOf(sources);
    }
  }

  record DropEvidence(String group) implements Own {}

  record StartTimer(StageSlot slot, long millis) implements Own {}

  /// For logs and metrics.
  record Report(StageSlot slot, Progress progress) implements Own {}
}
