package nimble.node.cli.miner;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.DeploymentView;
import nimble.api.v1.MinerView;
import nimble.api.v1.PublishedModel;
import nimble.api.v1.SeatView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.option.WalletOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.Quantity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "models",
    description = {
      "Lists published models: whether a stage fits this hardware, and what hosts get.",
      "A stage's memory is about four bytes a parameter, besides what answers in hand take;",
      "what 1,000 tokens pay is the most of any deployment, for all stages together."
    })
final class MinerModels implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Such as 8GiB; without it what the wallet offers, else half of this machine's.")
  private Optional<String> memory = Optional.empty();

  /// What hosts of a model get, over its deployments.
  private record Demand(int deployments, int freeSeats, long priceMax, long tokens) {}

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      long room = room(client);
      List<DeploymentView> running =
          client.deployments().getDeploymentsList().stream()
              .filter(it -> it.getPhase().equals("ACTIVE"))
              .toList();
      ArrayNode json = Json.array();
      Table table =
          new Table(
              "MODEL",
              "PARAMETERS",
              "STAGES",
              "OF A STAGE",
              "FITS",
              "DEPLOYED",
              "FREE SEATS",
              "PAYS FOR 1K");
      for (PublishedModel model : client.publishedModels().getModelsList()) {
        long bytes = stageBytes(model);
        Demand demand = demand(model, running);
        json.addObject()
            .put("model", model.getName())
            .put("parameters", Long.toString(model.getParameters()))
            .put("stages", model.getStages())
            .put("stageBytes", Long.toString(bytes))
            .put("fits", bytes <= room)
            .put("deployments", demand.deployments())
            .put("freeSeats", demand.freeSeats())
            .put("pricePer1kMax", Long.toString(demand.priceMax()))
            .put("tokensSettled", Long.toString(demand.tokens()));
        table.row(
            model.getName(),
            Quantity.showCount(model.getParameters()),
            model.getStages(),
            Quantity.showBytes(bytes),
            bytes <= room ? "yes" : "no",
            demand.deployments(),
            demand.freeSeats(),
            demand.deployments() == 0 ? "-" : "up to " + Amount.withUnit(demand.priceMax()));
      }
      output.document(
          json,
          json.isEmpty()
              ? "no model is published yet: see `nbcli model publish`"
              : "%s of memory\n\n%s"
                  .formatted(Quantity.showBytes(room), table.show(output.surroundings())));
      return ExitCode.DONE;
    }
  }

  private long room(NodeClient client) throws Mistake, IOException, ClientFailure {
    if (memory.isPresent()) {
      return Quantity.bytes("--memory", memory.get());
    }
    Optional<MinerView> offered = offered(client);
    return offered.isPresent()
        ? offered.get().getOffer().getMemoryBytes()
        : MinerOffer.halfOfMemory();
  }

  private Optional<MinerView> offered(NodeClient client)
      throws Mistake, IOException, ClientFailure {
    if (!wallet.exists()) {
      return Optional.empty();
    }
    MinerView view = client.miner(GenesisFile.form(node.genesis(client)).show(wallet.address()));
    return Optional.of(view).filter(MinerView::hasOffer);
  }

  private static long stageBytes(PublishedModel model) {
    return Math.ceilDiv(
        Math.multiplyExact(model.getParameters(), Float.BYTES), Math.max(1, model.getStages()));
  }

  private static Demand demand(PublishedModel model, List<DeploymentView> running) {
    int deployments = 0;
    int free = 0;
    long price = 0;
    long tokens = 0;
    for (DeploymentView each : running) {
      if (each.getModel().equals(model.getName())) {
        deployments++;
        price = Math.max(price, each.getMaxPricePer1K() - model.getPricePer1K());
        for (SeatView seat : each.getSeatsList()) {
          free += seat.getMiner().isEmpty() ? 1 : 0;
          tokens += seat.getTokens();
        }
      }
    }
    return new Demand(deployments, free, price, tokens);
  }
}
