package nimble.node.chain;

import nimble.chain.ValidatorSet;
import nimble.genesis.Genesis;
import nimble.ledger.StateView;

/// Who validates in an epoch.
final class Electorate {
  private Electorate() {}

  /// @param state of an epoch's block: of that epoch and the next one
  static ValidatorSet of(Genesis genesis, StateView state, long epoch) {
    return genesis.validatorSet();
  }
}
