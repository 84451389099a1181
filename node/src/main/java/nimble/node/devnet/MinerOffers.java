package nimble.node.devnet;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nimble.chain.Device;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.Parameters;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;

/// Makes the miners of a devnet known to its chain, each with an offer of 1 NIM an hour.
public final class MinerOffers {
  private static final long MEMORY_BYTES = 2L << 30;
  private static final long OPERATIONS_PER_SECOND = 10_000_000_000L;

  private MinerOffers() {}

  public static void put(DemoNetwork network) throws ClientFailure {
    NodeClient client = network.client();
    List<String> endpoints = network.minerEndpoints();
    List<NodeKeys> validators = network.devnet().validators();
    for (int index : order(network.devnet())) {
      NodeKeys miner = network.devnet().miners().get(index);
      Account account = new Account(client, miner.account());
      NodeKeys named = validators.get(index % validators.size());
      account.submit(
          new MinerRegister(
              miner.hot().publicKey(), named.address(), "miner " + index, endpoints.get(index)));
      account.run(
          new OfferPut(Device.CPU, "cpu", MEMORY_BYTES, OPERATIONS_PER_SECOND, Parameters.NIM));
    }
  }

  /// Equal offers get stages in the order in which they were made: who forges losses holds the last
  /// stage, which alone has any.
  private static List<Integer> order(Devnet devnet) {
    List<Integer> order =
        new ArrayList<>(IntStream.range(0, devnet.miners().size()).boxed().toList());
    int stages = Math.min(order.size(), DemoJob.STAGES_MAX);
    devnet
        .faults()
        .forEach((index, fault) -> {
          if (fault.needsLastStage()) {
            order.remove((Object) index);
            order.add(Math.min(stages - 1, order.size()), index);
          }
        });
    return order;
  }
}
