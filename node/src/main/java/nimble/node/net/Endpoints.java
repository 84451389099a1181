package nimble.node.net;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.ledger.Miners;
import nimble.node.chain.FinalizedState;
import nimble.p2p.PeerAddress;
import nimble.types.PublicKey;

/// Addresses that stand on chain.
@FunctionalInterface
public interface Endpoints {
  Optional<PeerAddress> of(PublicKey node);

  /// What miners registered.
  static Endpoints registered(FinalizedState finalized) {
    return node ->
        finalized
            .read(state ->
                Miners.byHotKey(state, node).flatMap(address -> Miners.get(state, address)))
            .flatMap(miner -> parse(miner.endpoint()));
  }

  private static Optional<PeerAddress> parse(String endpoint) {
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(PeerAddress.parse(endpoint));
    } catch (Malformed e) {
      // The miner's own mistake: nobody can dial it.
      return Optional.empty();
    }
  }
}
