package nimble.node.cli.job;

import nimble.chain.JobCall;
import nimble.node.cli.option.JobNumber;
import nimble.node.cli.sending.SendingCommand;
import nimble.types.JobId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "cancel",
    description = {
      "Ends a job of the wallet when its current round ends.",
      "Work done until then is paid, and the rest of the budget comes back."
    })
final class JobCancel extends SendingCommand {
  @Parameters(paramLabel = "JOB", description = "Its number.")
  private long job;

  @Override
  public Integer call() throws Exception {
    JobId id = JobNumber.of(job);
    try (Session session = open()) {
      session.confirm("End job %d?".formatted(job));
      return session.send(
          new JobCall.JobCancel(id),
          0,
          "job %d ends with its current round; watch it with `nbcli job watch %d`"
              .formatted(job, job));
    }
  }
}
