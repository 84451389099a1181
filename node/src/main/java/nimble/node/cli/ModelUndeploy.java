package nimble.node.cli;

import java.util.concurrent.Callable;
import nimble.api.v1.TransactionView;
import nimble.chain.ModelCall;
import nimble.node.client.NodeClient;
import nimble.types.JobId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "undeploy",
    description = "Ends a deployment of the wallet: what was served is paid, the rest comes back.")
final class ModelUndeploy implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();
  @Mixin private final Confirm confirm = new Confirm();

  @Parameters(paramLabel = "DEPLOYMENT", description = "Its number.")
  private long deployment;

  @Override
  public Integer call() throws Exception {
    JobId id = JobCancel.id(deployment);
    try (NodeClient client = node.connect()) {
      Sender sender = new Sender(client, node.genesis(client), wallet.unlock());
      confirm.ask("End deployment %d?".formatted(deployment));
      TransactionView done = sender.send(new ModelCall.ModelUndeploy(id), 0);
      Receipts.show(output, done, "deployment %d ends".formatted(deployment));
      return ExitCode.DONE;
    }
  }
}
