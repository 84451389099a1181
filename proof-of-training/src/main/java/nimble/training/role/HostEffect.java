package nimble.training.role;

import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What a [Host] wants done.
public sealed interface HostEffect permits HostEffect.Own, SendTensor {
  /// What only hosts want.
  sealed interface Own extends HostEffect {}

  /// Sign with the hot key and send to the mempool.
  record Submit(WorkCall call) implements Own {}

  /// Send to the mempool as it is: somebody else signed it.
  record Relay(SignedWorkCall receipt) implements Own {}

  /// Decode a receipt, verify that `gateway` signed it, and say `ReceiptChecked`.
  record CheckReceipt(StageSlot slot, PublicKey gateway, Bytes receipt) implements Own {}

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
