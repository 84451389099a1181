package nimble.node.cli.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import nimble.api.v1.DeploymentView;
import nimble.api.v1.PublishedModel;
import nimble.api.v1.SeatView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = "Shows a published model and its deployments, or one deployment by its number.")
final class ModelShow implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "MODEL", description = "A published name, or a deployment's number.")
  private String model = "";

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      if (model.matches("[0-9]{1,18}")) {
        DeploymentView view = client.deployment(Long.parseLong(model));
        output.document(Protos.json(view), deployment(view));
        return ExitCode.DONE;
      }
      published(client);
      return ExitCode.DONE;
    }
  }

  private void published(NodeClient client) throws ClientFailure {
    PublishedModel view = client.publishedModel(model);
    ObjectNode json = Protos.json(view);
    ArrayNode all = json.putArray("deploymentViews");
    StringBuilder text = new StringBuilder();
    text.append(
        "%s\nowner    %s\nfrom     %s, %,d parameters in %d stages\nlicence  %s\nprice    %s to the owner for 1,000 tokens\n"
            .formatted(
                view.getName(),
                view.getOwner(),
                origin(view),
                view.getParameters(),
                view.getStages(),
                view.getLicence(),
                Amount.withUnit(view.getPricePer1K())));
    for (long number : view.getDeploymentsList()) {
      DeploymentView deployed = client.deployment(number);
      all.add(Protos.json(deployed));
      text.append('\n').append(deployment(deployed));
    }
    output.document(json, text.toString().stripTrailing());
  }

  /// Where its weights come from.
  static String origin(PublishedModel view) {
    return view.getJob() > 0 ? "job " + view.getJob() : "its owner, weights " + view.getBase();
  }

  private String deployment(DeploymentView view) {
    Table table =
        new Table("REPLICA", "STAGE", "MINER", "READY", "PRICE/1K", "TOKENS", "PAID", "UNSETTLED");
    for (SeatView seat : view.getSeatsList()) {
      table.row(
          seat.getReplica(),
          seat.getStage(),
          seat.getMiner().isEmpty() ? "nobody" : seat.getMiner(),
          seat.getReady() ? "yes" : "no",
          Amount.show(seat.getPricePer1K()),
          seat.getTokens(),
          Amount.show(seat.getPaid()),
          seat.getUnsettledTokens());
    }
    String convicted =
        view.getConvictedList().stream()
            .map(host -> "\nconvicted %s: %s".formatted(host.getMiner(), host.getReason()))
            .collect(Collectors.joining());
    return "deployment %d of %s is %s%s%s\nescrow   %s\ngateway  %s\naudits   %d drawn, %d upheld, %d rejected%s\n%s"
        .formatted(
            view.getDeployment(),
            view.getModel(),
            view.getPhase(),
            view.getReason().isEmpty() ? "" : ": " + view.getReason(),
            view.getPhase().equals("ACTIVE") && !view.getServes() ? ", not ready" : "",
            Amount.withUnit(view.getEscrow()),
            view.getGateway(),
            view.getAudits(),
            view.getAuditsUpheld(),
            view.getAuditsRejected(),
            convicted,
            table.show(output.surroundings()));
  }
}
