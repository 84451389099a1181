package nimble.node.chain;

import java.util.function.Function;
import nimble.ledger.StateView;

/// Finalized state, for who reads it while the chain goes on (N16).
public interface FinalizedState {
  /// What `reading` makes of the state after the newest finalized block. All that it sees is of one
  /// block. It waits for nobody, and keeps nothing of what it is given.
  <T> T read(Function<StateView, T> reading);
}
