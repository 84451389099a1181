package nimble.node.cli.model;

import nimble.chain.ModelCall;
import nimble.node.cli.option.JobNumber;
import nimble.node.cli.sending.SendingCommand;
import nimble.types.JobId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "undeploy",
    description = "Ends a deployment of the wallet: what was served is paid, the rest comes back.")
final class ModelUndeploy extends SendingCommand {
  @Parameters(paramLabel = "DEPLOYMENT", description = "Its number.")
  private long deployment;

  @Override
  public Integer call() throws Exception {
    JobId id = JobNumber.of("DEPLOYMENT", deployment);
    try (Session session = open()) {
      session.confirm("End deployment %d?".formatted(deployment));
      return session.send(
          new ModelCall.ModelUndeploy(id), 0, "deployment %d ends".formatted(deployment));
    }
  }
}
