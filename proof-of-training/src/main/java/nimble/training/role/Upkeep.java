package nimble.training.role;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.training.Audit;
import nimble.training.ClosedStage;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What the chain knows of a stage's past, as the miner that holds it needs it.
///
/// @param startRoot of the state at the start of the open round; empty for round 0
/// @param start where that state can be had when its miner does not have it
/// @param statesFrom the job does not go back to rounds before this
/// @param checkpointRounds rounds between checkpoints
/// @param recorded newest round whose checkpoint the stage's miner recorded
/// @param accused audits in which the miner may concede now
public record Upkeep(
    Optional<Hash> startRoot,
    Optional<Source> start,
    int statesFrom,
    int checkpointRounds,
    OptionalInt recorded,
    List<Accused> accused) {
  /// @param holders who keeps the blob
  public record Source(Hash manifest, List<PublicKey> holders) {
    public Source {
      holders = List.copyOf(holders);
    }
  }

  /// A round of this miner that auditors found wrong.
  public record Accused(Audit audit, ClosedStage claimed) {}

  public Upkeep {
    accused = List.copyOf(accused);
  }

  /// Whether the state after `round` is to be recorded.
  boolean isCheckpoint(int round) {
    return (round + 1L) % Math.max(1, checkpointRounds) == 0;
  }
}
