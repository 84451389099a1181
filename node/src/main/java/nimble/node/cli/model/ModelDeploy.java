package nimble.node.cli.model;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import nimble.api.v1.NodeView;
import nimble.api.v1.PublishedModel;
import nimble.chain.ModelCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Duration;
import nimble.node.files.Mistake;
import nimble.training.Deployment;
import nimble.types.PublicKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "deploy",
    description = {
      "Has miners serve a published model, through one node as its gateway.",
      "The escrow pays them by the token; what is left comes back at the end."
    })
final class ModelDeploy extends SendingCommand {
  @Parameters(paramLabel = "NAME", description = "The model's published name.")
  private String name = "";

  @Option(
      names = "--escrow",
      paramLabel = "NIM",
      required = true,
      description = "What pays for it; more comes with `nbcli job topup`.")
  private String escrow = "";

  @Option(
      names = "--max-price",
      paramLabel = "NIM",
      required = true,
      description = "For 1,000 tokens, all stages and the model's owner together.")
  private String maxPrice = "";

  @Option(
      names = "--replicas",
      defaultValue = "1",
      description = "How often each stage is held (${DEFAULT-VALUE}).")
  private int replicas;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      defaultValue = "30d",
      description = "How long, such as 12h or 7d (${DEFAULT-VALUE}).")
  private String duration = "";

  @Option(
      names = "--gateway",
      paramLabel = "NODE",
      description = "Id of the node through which it is used; the one that is asked by default.")
  private Optional<String> gateway = Optional.empty();

  @Override
  public Integer call() throws Exception {
    long money = Amount.parse("--escrow", escrow);
    long most = Amount.parse("--max-price", maxPrice);
    long millis = Duration.millis("--for", duration);
    if (replicas < 1 || replicas > Deployment.REPLICAS_MAX) {
      throw Mistake.of("--replicas must be 1 to %d, was %d", Deployment.REPLICAS_MAX, replicas);
    }
    try (Session session = open()) {
      NodeClient client = session.client();
      PublishedModel model = client.publishedModel(name);
      long until = Math.addExact(client.status().getTimeMillis(), millis);
      consents(session);
      ModelCall call =
          new ModelCall.ModelDeploy(name, gateway(client), replicas, most, money, until);
      session.confirm(
          "Deploy %s (%s, licence %s) with %s in escrow?"
              .formatted(
                  name, ModelShow.origin(model), model.getLicence(), Amount.withUnit(money)));
      return session.send(
          call,
          money,
          done ->
              "deployment %d of %s; see `nbcli model show %d`, then `nbcli model infer %s`"
                  .formatted(done.getJob(), name, done.getJob(), name));
    }
  }

  /// Before money is locked up: what the gateway is asked for then, it refuses. Of another node
  /// only its own API could tell.
  private void consents(Session session) throws Mistake, IOException, ClientFailure {
    NodeView asked = session.client().nodeView();
    String account = session.account();
    boolean here = gateway.isEmpty() || gateway.get().equals(asked.getNodeId());
    List<String> patrons = asked.getGatewayForList();
    if (here && !patrons.contains("any") && !patrons.contains(account)) {
      throw Mistake.of(
          "the node at --node is no gateway for %s: its operator must add it to gateway.for, or"
              + " --gateway must name another node",
          account);
    }
  }

  private PublicKey gateway(NodeClient client) throws Mistake, ClientFailure {
    String id = gateway.isPresent() ? gateway.get() : client.nodeView().getNodeId();
    try {
      Bytes bytes = Bytes.hex(id);
      if (bytes.size() == PublicKey.SIZE) {
        return new PublicKey(bytes);
      }
    } catch (Malformed e) {
      // Said below, once for both.
    }
    throw Mistake.of(
        "--gateway must be a node id of %d hexadecimal digits, was '%s'", 2 * PublicKey.SIZE, id);
  }
}
