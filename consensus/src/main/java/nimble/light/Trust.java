package nimble.light;

import nimble.genesis.Genesis;

/// What a light client starts from (Y3).
public sealed interface Trust {
  /// A genesis that came from elsewhere than the node that is asked.
  record InGenesis(Genesis genesis) implements Trust {}

  /// A block that came from elsewhere than the node that is asked.
  record InBlock(Checkpoint checkpoint) implements Trust {}
}
