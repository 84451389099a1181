package nimble.training.role;

import java.util.List;
import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// What happens to a [Host].
public sealed interface HostInput {
  /// A block is final.
  ///
  /// @param seats all that this miner's hot key hosts in the state after it
  record Finalized(Moment now, List<HostSeat> seats) implements HostInput {
    public Finalized {
      seats = List.copyOf(seats);
    }
  }

  record TensorReceived(PublicKey from, DecodeTensor name, Bytes payload) implements HostInput {}

  /// A receipt whose signature is the gateway's.
  record ReceiptChecked(StageSlot slot, SignedWorkCall receipt) implements HostInput {}

  record Computed(StageSlot slot, long task, Outcome outcome) implements HostInput {}

  record ComputeFailed(StageSlot slot, long task, String reason) implements HostInput {}

  /// The whole of a checkpoint.
  record DataFetched(Hash manifest, Bytes data) implements HostInput {}

  record FetchFailed(Hash manifest) implements HostInput {}

  record TimerFired(StageSlot slot) implements HostInput {}

  /// Frees all stages; nothing follows it but `Computed`.
  record Stopping() implements HostInput {}
}
