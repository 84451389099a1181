package nimble.node.cli.job;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.api.v1.JobPlanView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.BlobTransfer;
import nimble.node.client.NodeClient;
import nimble.node.files.JobDraft;
import nimble.node.files.JobFile;
import nimble.node.files.PreparedData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "plan",
    description = "Says what a job would cost and who would get its stages; no money moves.")
final class JobPlanning implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "FILE", description = "The job file.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws Exception {
    JobDraft draft = JobFile.read(file);
    try (PreparedData data = draft.prepare();
        NodeClient client = node.connect()) {
      JobPlanView plan =
          client.plan(
              draft.spec(BlobTransfer.manifestOf(data.file()), StartChoice.of(draft, client)));
      output.document(Protos.json(plan), PlanTable.show(plan, output.surroundings()));
      if (!plan.getPossible()) {
        output.note("error: as it is, this job cannot be taken: " + plan.getProblem());
        return ExitCode.USER_MISTAKE;
      }
      return ExitCode.DONE;
    }
  }
}
