package nimble.node.cli.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.concurrent.Callable;
import nimble.api.v1.CheckpointView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.JobNumber;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "checkpoints",
    description = {
      "Lists the checkpoints of a job that the chain knows, and those that the node keeps.",
      "The chain keeps those to which a job can go back, and the last for three days after its"
          + " end; `nbcli job pin` keeps one for longer. From one that is settled another job can go"
          + " on: `start` in its file."
    })
final class JobCheckpoints implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "JOB", description = "Its number.")
  private long job;

  @Override
  public Integer call() throws Exception {
    JobNumber.of(job);
    try (NodeClient client = node.connect()) {
      ArrayNode list = Json.array();
      Table table = new Table("ROUND", "STEPS", "LAST", "HELD", "SETTLED", "PINNED", "STAGES");
      for (CheckpointView view : client.checkpoints(job).getCheckpointsList()) {
        list.add(Protos.json(view));
        table.row(
            view.getRound(),
            view.getSteps(),
            word(view.getLast()),
            word(view.getHeld()),
            word(view.getSettled()),
            word(view.getPinned()),
            view.getStagesCount());
      }
      output.document(
          list,
          list.isEmpty()
              ? "job %d has no checkpoints".formatted(job)
              : table.show(output.surroundings()));
      return ExitCode.DONE;
    }
  }

  private static String word(boolean said) {
    return said ? "yes" : "no";
  }
}
