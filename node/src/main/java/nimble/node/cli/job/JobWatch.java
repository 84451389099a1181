package nimble.node.cli.job;

import java.util.concurrent.Callable;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "watch", description = "Says how a job goes, until it ends; 2 when it fails.")
final class JobWatch implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "JOB", description = "Its number.")
  private long job;

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      return new JobWatching(output, client).until(job);
    }
  }
}
