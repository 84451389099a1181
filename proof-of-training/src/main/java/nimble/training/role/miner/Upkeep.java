package nimble.training.role.miner;

import java.util.List;
import java.util.Optional;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What the chain knows of a stage's past, as the miner that holds it needs it.
///
/// @param startRoot of the state at the start of the open round; empty before the first step
/// @param start where that state can be had when its miner does not have it
/// @param statesFrom the job does not go back to rounds before this
/// @param records checkpoints that the stage's miner has not recorded
public record Upkeep(
    Optional<Hash> startRoot, Optional<Source> start, int statesFrom, List<Awaited> records) {
  /// @param holders who keeps the blob
  public record Source(Hash manifest, List<PublicKey> holders) {
    public Source {
      holders = List.copyOf(holders);
    }
  }

  /// The checkpoint after `round`.
  ///
  /// @param attempt at which the round was committed
  public record Awaited(int round, int attempt, Hash stateRoot) {}

  public Upkeep {
    records = List.copyOf(records);
  }
}
