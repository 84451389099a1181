package nimble.training.role.miner;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.StageSlot;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.role.Outcome;
import nimble.training.role.TensorName;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// What happens to a [Miner].
public sealed interface MinerInput {
  /// A block is final.
  ///
  /// @param seats all slots that this miner's hot key holds, or trained, in the state after it
  record Finalized(Moment now, List<Seat> seats, Retained retained) implements MinerInput {
    public Finalized {
      seats = List.copyOf(seats);
    }
  }

  record TensorReceived(PublicKey from, TensorName name, Bytes payload) implements MinerInput {}

  /// The peer may have missed what was sent before.
  record PeerConnected(PublicKey peer) implements MinerInput {}

  record Computed(StageSlot slot, long task, Outcome outcome) implements MinerInput {}

  record ComputeFailed(StageSlot slot, long task, String reason) implements MinerInput {}

  /// The whole of a blob: a data set, or the last checkpoint of a stage.
  record DataFetched(Hash manifest, ByteSource data) implements MinerInput {}

  record FetchFailed(Hash manifest, String reason) implements MinerInput {}

  /// The answer to `FindEvidence`: groups and their documents.
  record EvidenceFound(SortedMap<String, Optional<Bytes>> groups) implements MinerInput {
    public EvidenceFound {
      groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
    }
  }

  /// The answer to `KeepEvidence` and `WriteEvidence`.
  ///
  /// @param kept false when there is no room
  record EvidenceKept(boolean kept) implements MinerInput {}

  /// The whole of a blob of a group.
  record EvidenceFetched(String group, Hash manifest, ByteSource data) implements MinerInput {}

  record EvidenceFailed(String group, Hash manifest, String reason) implements MinerInput {}

  record TimerFired(StageSlot slot) implements MinerInput {}

  /// Frees all stages; nothing follows it but `Computed`.
  record Stopping() implements MinerInput {}
}
