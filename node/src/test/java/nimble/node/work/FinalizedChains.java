package nimble.node.work;

import java.util.function.Function;
import nimble.ledger.StateView;
import nimble.node.chain.FinalizedState;

/// A chain for tests that need none.
final class FinalizedChains {
  static final FinalizedState EMPTY =
      new FinalizedState() {
        @Override
        public <T> T read(Function<StateView, T> reading) {
          return reading.apply(StateView.EMPTY);
        }
      };

  private FinalizedChains() {}
}
