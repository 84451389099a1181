package nimble.consensus.sim;

import nimble.consensus.Committee;
import nimble.consensus.Engine;
import nimble.consensus.Timing;
import nimble.types.Hash;

/// Makes the engine of an honest node, on every start.
@FunctionalInterface
public interface Engines {
  Engine create(Committee committee, Timing timing, Hash genesis);
}
