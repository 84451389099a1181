package nimble.training.fault;

import nimble.crypto.Hashing;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.RoundResult;
import nimble.training.role.miner.StageWork;
import nimble.types.Hash;

/// Accuses a neighbour of having sent something else: commits to another root of one of its edges.
final class RefusedEdge extends Deviating {
  private final boolean first;

  /// @param first whether there is no stage before: then it is the edge to the next one
  RefusedEdge(StageWork honest, boolean first) {
    super(honest);
    this.first = first;
  }

  @Override
  public Outcome.Rounded endRound(int round, int keepFrom) {
    Outcome.Rounded rounded = honest.endRound(round, keepFrom);
    return new Outcome.Rounded(other(rounded.roots()), rounded.index(), rounded.state());
  }

  private RoundResult other(RoundResult roots) {
    return new RoundResult(
        roots.round(),
        roots.stateAfter(),
        roots.steps(),
        first ? roots.left() : refused(roots.left()),
        first ? refused(roots.right()) : roots.right(),
        roots.lossBits(),
        roots.validationLossBits());
  }

  private static Hash refused(Hash root) {
    return Hashing.of("refused", root.bytes());
  }
}
