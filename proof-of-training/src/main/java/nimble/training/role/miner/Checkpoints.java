package nimble.training.role.miner;

import java.util.Optional;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.types.Hash;

/// What a stage's miner tells the chain of its checkpoints (J13, J25).
final class Checkpoints {
  private Checkpoints() {}

  /// The oldest checkpoint that the chain waits for and that is on the shelf.
  static Optional<WorkCall> due(Seat seat, Archive archive) {
    return seat.upkeep().records().stream()
        .flatMap(awaited ->
            archive
                .state(seat.slot(), awaited.round() + 1, awaited.stateRoot())
                .flatMap(archive::state)
                .map(state -> record(seat, awaited, state.blob().manifest()))
                .stream())
        .findFirst();
  }

  private static WorkCall record(Seat seat, Upkeep.Awaited awaited, Hash manifest) {
    return new CheckpointRecord(seat.slot(), awaited.round(), awaited.attempt(), manifest);
  }
}
