package nimble.node.devnet;

import java.util.List;
import java.util.Optional;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;

/// A devnet that runs, ready for a demo: all of it in this process, or each node in one of its own.
public interface DemoNetwork extends AutoCloseable {
  Devnet devnet();

  /// Of the first node's API.
  NodeClient client();

  /// Where each miner can be dialled, HOST:PORT, in the devnet's order.
  List<String> minerEndpoints();

  Pace pace();

  /// Whether all validators have one state root at the newest height that all have.
  boolean isConsistent() throws ClientFailure;

  /// What broke first; empty as long as nothing has.
  Optional<String> failure();

  @Override
  void close() throws InterruptedException;
}
