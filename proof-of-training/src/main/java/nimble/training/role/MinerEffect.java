package nimble.training.role;

import java.util.List;
import nimble.blob.Manifest;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// What a [Miner] wants done.
public sealed interface MinerEffect permits MinerEffect.Own, SendTensor {
  /// What only miners want.
  sealed interface Own extends MinerEffect {}

  /// Sign with the hot key and send to the mempool. The miner asks again until it sees the call on
  /// chain.
  record Submit(WorkCall call) implements Own {}

  /// Run on the compute pool. A slot has one task at a time (R2).
  record Compute(StageSlot slot, long task, Task work) implements Own {}

  /// Gather the blob, check every chunk, and say `DataFetched` or `FetchFailed`.
  record FetchData(Hash manifest) implements Own {}

  /// Keep the chunks and the manifest, and serve them; then say `BlobStored`.
  record StoreBlob(StageSlot slot, Manifest manifest, List<Bytes> chunks) implements Own {
    public StoreBlob {
      chunks = List.copyOf(chunks);
    }
  }

  record StartTimer(StageSlot slot, long millis) implements Own {}

  /// For logs and metrics.
  record Report(StageSlot slot, Progress progress) implements Own {}
}
