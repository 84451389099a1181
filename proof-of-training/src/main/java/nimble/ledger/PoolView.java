package nimble.ledger;

import nimble.genesis.Parameters;
import nimble.types.ChainId;

/// What the mempool judges by: the newest state it is given.
///
/// @param timeMillis block time of that state
public record PoolView(StateView state, ChainId chain, Parameters parameters, long timeMillis) {}
