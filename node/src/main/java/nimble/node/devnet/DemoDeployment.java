package nimble.node.devnet;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import nimble.api.v1.ConvictedHost;
import nimble.api.v1.DeploymentView;
import nimble.api.v1.SeatView;
import nimble.api.v1.TransactionView;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelCall.ModelUndeploy;
import nimble.chain.ModelSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.genesis.Parameters;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// What the demo does with what it has trained: gives it a name and has it served.
final class DemoDeployment {
  private static final String LICENCE = "Apache-2.0";
  private static final long ROYALTY = 1_000;
  private static final long PRICE_MAX = Parameters.NIM / 10;
  private static final long ESCROW = 10 * Parameters.NIM;
  private static final long DAY_MILLIS = 86_400_000;
  private static final long BLOCKS_PATIENCE = 1_000;
  private static final String ENDED = "ENDED";

  /// @param name published
  record Served(String name, DeploymentView deployment) {}

  private DemoDeployment() {}

  /// Empty when nobody serves it in time.
  static Optional<Served> of(NodeClient client, Account developer, JobId job) throws ClientFailure {
    String name = "demo/gpt-" + job;
    developer.run(
        new ModelPublish(new ModelSource.Trained(job), name, LICENCE, ROYALTY, Optional.empty()));
    long until = client.status().getTimeMillis() + DAY_MILLIS;
    TransactionView deployed =
        developer.run(new ModelDeploy(name, gateway(client), 1, PRICE_MAX, ESCROW, until));
    return await(client, deployed.getJob(), DeploymentView::getServes)
        .map(view -> new Served(name, view));
  }

  /// What the chain holds against hosts, once it has heard all of those that have a seat or all
  /// that was served is settled. A little text is worth no receipt until the deployment ends (S6),
  /// so it does.
  ///
  /// @param hosts addresses of those that deviate
  static List<ConvictedHost> convicted(
      NodeClient client, Account developer, Served served, Set<String> hosts) throws ClientFailure {
    Set<String> seated = new TreeSet<>(hosts);
    seated.retainAll(served.deployment().getSeatsList().stream().map(SeatView::getMiner).toList());
    long number = served.deployment().getDeployment();
    developer.run(new ModelUndeploy(new JobId(number)));
    await(
        client,
        number,
        view ->
            view.getPhase().equals(ENDED)
                || view.getConvictedList().stream()
                    .map(ConvictedHost::getMiner)
                    .toList()
                    .containsAll(seated));
    return client.deployment(number).getConvictedList();
  }

  /// The node that is asked.
  private static PublicKey gateway(NodeClient client) throws ClientFailure {
    try {
      return new PublicKey(Bytes.hex(client.nodeView().getNodeId()));
    } catch (Malformed e) {
      throw new IllegalStateException("a node id that is none", e);
    }
  }

  private static Optional<DeploymentView> await(
      NodeClient client, long number, Predicate<DeploymentView> until) throws ClientFailure {
    AtomicReference<Optional<DeploymentView>> ready = new AtomicReference<>(Optional.empty());
    AtomicReference<ClientFailure> failure = new AtomicReference<>();
    long from = client.status().getFinalizedHeight();
    client.watchBlocks(
        from,
        block -> {
          try {
            DeploymentView view = client.deployment(number);
            ready.set(Optional.of(view).filter(until));
          } catch (ClientFailure e) {
            failure.set(e);
          }
          return ready.get().isEmpty()
              && failure.get() == null
              && block.getHeight() < from + BLOCKS_PATIENCE;
        });
    if (failure.get() != null) {
      throw failure.get();
    }
    return ready.get();
  }
}
