package nimble.node.chain;

import java.util.Collection;
import java.util.List;
import nimble.consensus.Engine;
import nimble.consensus.Summary;
import nimble.consensus.TimerKind;
import nimble.types.Hash;

/// How consensus stands in one node at a moment.
///
/// @param timers that are running
/// @param height of the newest finalized block, and its digest
public record ConsensusDump(Summary engine, List<Timer> timers, long height, Hash digest) {
  public ConsensusDump {
    timers = List.copyOf(timers);
  }

  /// A timer of one view.
  public record Timer(long view, TimerKind kind) {}

  static ConsensusDump of(Engine engine, BlockTree tree, Collection<Timer> timers) {
    return new ConsensusDump(
        engine.summary(), List.copyOf(timers), tree.tip().height().value(), tree.tipDigest());
  }
}
