package nimble.training.fault;

import nimble.training.role.Outcome;
import nimble.training.role.evidence.RoundIndex;
import nimble.training.role.miner.StageWork;

/// Computes and commits as it should, and opens something else: what it hands out as the leaves of
/// its commitment has the order of the steps turned round.
final class ForgedOpening extends Deviating {
  ForgedOpening(StageWork honest) {
    super(honest);
  }

  @Override
  public Outcome.Rounded endRound(int round, int keepFrom) {
    Outcome.Rounded rounded = honest.endRound(round, keepFrom);
    return new Outcome.Rounded(rounded.roots(), forged(rounded.index()), rounded.state());
  }

  private static RoundIndex forged(RoundIndex index) {
    return new RoundIndex(
        index.start(), index.steps().reversed(), index.left(), index.right(), index.lossBits());
  }
}
