package nimble.node.chain;

import nimble.p2p.Penalty;
import nimble.types.PublicKey;

/// Where owners report what a peer has done wrong (C1). Never blocks.
@FunctionalInterface
public interface Penalties {
  void penalize(PublicKey peer, Penalty penalty, String reason);
}
