package nimble.node.cli.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.concurrent.Callable;
import nimble.api.v1.JobView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists jobs, newest first.")
final class JobList implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      ArrayNode list = Json.array();
      Table table = new Table("JOB", "NAME", "STATE", "STEPS", "LOSS", "SENDER");
      for (JobView job : client.jobs().getJobsList()) {
        list.add(Protos.json(job));
        table.row(
            job.getJob(),
            job.getName(),
            job.getState(),
            job.getStepsDone() + "/" + job.getSteps(),
            JobTable.loss(job.getLastLoss()),
            job.getSender());
      }
      output.document(list, list.isEmpty() ? "no jobs yet" : table.show(output.surroundings()));
      return ExitCode.DONE;
    }
  }
}
