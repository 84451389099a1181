package nimble.ledger;

import java.util.Optional;
import nimble.chain.WorkCall;

/// Which work calls the chain waits for (L4).
final class OpenSlots {
  private OpenSlots() {}

  /// Whether a slot is open for this very call, and for whom; or why not.
  static Slot of(JobRules jobs, StateView state, WorkCall call) {
    return switch (call) {
      case WorkCall.OfJob work -> jobs.slot(state, work);
      case WorkCall.DoubleVote vote -> reporter(state, vote);
    };
  }

  /// L26: who votes may report who is not punished yet.
  private static Slot reporter(StateView state, WorkCall.DoubleVote vote) {
    if (Punishments.of(state, vote.culprit()).isPresent()) {
      return new Slot.Closed("it is punished already");
    }
    Optional<Registration> reporter =
        Validators.get(state, vote.reporter())
            .filter(_ -> Validators.stake(state, vote.reporter()) > 0);
    return reporter.isPresent()
        ? new Slot.Open(reporter.get().hotKey())
        : new Slot.Closed("%s does not vote in this epoch".formatted(vote.reporter()));
  }
}
