package nimble.training.role.miner;

import java.util.List;
import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.training.role.evidence.Plan;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// A slot of a job as the finalized state shows it to the miner that holds it.
///
/// @param miner the account whose slot it is
/// @param stages hot keys of the stages' holders, in order
/// @param accepted this miner's `JobAccept` is on chain, and it has not to accept again
/// @param allAccepted so are all others', and everybody shows the class that it committed to
/// @param shown the class that this miner opened, once its `ClassOpen` is on chain
/// @param attempt how often rounds were redone
/// @param openRound the first round that does not count yet
/// @param committed this miner's `RoundCommit` of the open round is on chain
/// @param checkpoint manifest of this stage's final checkpoint, once on chain
/// @param upkeep what the chain knows of its past
public record Seat(
    StageSlot slot,
    Phase phase,
    Plan plan,
    Address miner,
    List<PublicKey> stages,
    boolean accepted,
    boolean allAccepted,
    Optional<Hash> shown,
    int attempt,
    int openRound,
    boolean committed,
    Optional<Hash> checkpoint,
    Upkeep upkeep) {
  /// Where the job stands, as far as a miner cares.
  public enum Phase {
    /// Matched; accepts are awaited.
    MATCHED,
    /// Trains; paused jobs too, whose missing stage stalls the others.
    RUNNING,
    /// All rounds count: checkpoints, then serving.
    TRAINED,
    /// Ended without a model, or the slot is another's by now.
    ENDED
  }

  public Seat {
    stages = List.copyOf(stages);
    Invariant.check(stages.size() == plan.depth(), "%d keys", stages.size());
    Invariant.check(slot.stage() < stages.size(), "stage %d", slot.stage());
  }

  /// Whether the miner that sits here may still need a group of its shelf, were all rounds settled.
  boolean needs(ShelfGroup group) {
    if (!group.slot().equals(slot)) {
      return false;
    }
    return switch (group.kind()) {
      case ROUND -> group.attempt() == attempt && group.round() >= openRound;
      case STATE -> group.round() >= Math.min(openRound, upkeep.statesFrom());
      case COPY, SHARDS -> false;
    };
  }

  boolean opened() {
    return shown.isPresent();
  }

  int stage() {
    return slot.stage();
  }

  boolean last() {
    return stage() == stages.size() - 1;
  }

  PublicKey holder(int stage) {
    return stages.get(stage);
  }
}
