package nimble.training.role.serving;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.chain.StageSlot;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.role.DecodeTensor;
import nimble.training.role.EvidenceName;
import nimble.training.role.Outcome;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// What happens to a [Host].
public sealed interface HostInput {
  /// A block is final.
  ///
  /// @param seats all that this miner's hot key hosts in the state after it
  /// @param owed its receipts that are not settled
  /// @param validators hot keys of all validators: who may ask for evidence
  record Finalized(
      Moment now, List<HostSeat> seats, List<OwedRows> owed, SortedSet<PublicKey> validators)
      implements HostInput {
    public Finalized {
      seats = List.copyOf(seats);
      owed = List.copyOf(owed);
      validators = Collections.unmodifiableSortedSet(new TreeSet<>(validators));
    }
  }

  /// A receipt of this miner that is not settled: it answers for its rows.
  ///
  /// @param from positions before them
  record OwedRows(StageSlot slot, int attempt, long from) {
    String group() {
      return RowBook.group(slot, attempt, from);
    }
  }

  record TensorReceived(PublicKey from, DecodeTensor name, Bytes payload) implements HostInput {}

  /// A promise whose signature is the gateway's.
  ///
  /// @param name under which it came
  record PromiseChecked(StageSlot slot, DecodeTensor name, SignedPromise promise)
      implements HostInput {}

  /// Somebody asks for the rows of a receipt.
  record EvidenceAsked(PublicKey from, EvidenceName name) implements HostInput {}

  /// @param kept false when there was no room
  record EvidenceKept(StageSlot slot, Hash manifest, boolean kept) implements HostInput {}

  /// @param kept false when there was no room
  record EvidenceWritten(StageSlot slot, boolean kept) implements HostInput {}

  record EvidenceRead(String group, Optional<Bytes> contents) implements HostInput {}

  record EvidenceFound(SortedSet<String> groups) implements HostInput {
    public EvidenceFound {
      groups = Collections.unmodifiableSortedSet(new TreeSet<>(groups));
    }
  }

  record Computed(StageSlot slot, long task, Outcome outcome) implements HostInput {}

  record ComputeFailed(StageSlot slot, long task, String reason) implements HostInput {}

  /// The whole of a checkpoint.
  record DataFetched(Hash manifest, ByteSource data) implements HostInput {}

  record FetchFailed(Hash manifest) implements HostInput {}

  record TimerFired(StageSlot slot) implements HostInput {}

  /// Frees all stages; nothing follows it but `Computed`.
  record Stopping() implements HostInput {}
}
