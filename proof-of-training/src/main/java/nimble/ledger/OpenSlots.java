package nimble.ledger;

import java.util.Optional;
import nimble.chain.WorkCall;
import nimble.types.PublicKey;

/// Which work calls the chain waits for (L4).
final class OpenSlots {
  private OpenSlots() {}

  /// The hot key that may fill the slot of this very call; empty when no such slot is open.
  static Optional<PublicKey> signerOf(JobRules jobs, StateView state, WorkCall call) {
    return switch (call) {
      case WorkCall.OfJob work -> jobs.signerOf(state, work);
      case WorkCall.DoubleVote vote -> reporter(state, vote);
    };
  }

  /// L26: who votes may report who is not punished yet.
  private static Optional<PublicKey> reporter(StateView state, WorkCall.DoubleVote vote) {
    return Punishments.of(state, vote.culprit()).isPresent()
            || Validators.stake(state, vote.reporter()) == 0
        ? Optional.empty()
        : Validators.get(state, vote.reporter()).map(Registration::hotKey);
  }
}
