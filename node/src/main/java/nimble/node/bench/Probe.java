package nimble.node.bench;

import nimble.chain.Transaction;
import nimble.crypto.SigningKey;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;

/// One more sender, whose transfers are timed (B3).
final class Probe {
  private final Crowd crowd;
  private final SigningKey sender;
  private final SigningKey receiver;
  private long nonce;

  Probe(Cast cast, Crowd crowd) {
    this.crowd = crowd;
    this.sender = cast.senders().getLast();
    this.receiver = cast.senders().getFirst();
  }

  double commitMillis(NodeClient client) throws ClientFailure {
    Transaction transaction = crowd.transfer(sender, nonce++, receiver);
    long start = System.nanoTime();
    client.submitAndApply(transaction);
    return (System.nanoTime() - start) / 1e6;
  }
}
