package nimble.node.cli.job;

import java.util.concurrent.Callable;
import nimble.api.v1.JobView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows all that the chain knows of a job.")
final class JobShow implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "JOB", description = "Its number.")
  private long job;

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      JobView view = client.job(job);
      output.document(Protos.json(view), JobTable.show(view, output.surroundings()));
      return ExitCode.DONE;
    }
  }
}
