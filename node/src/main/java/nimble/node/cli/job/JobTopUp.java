package nimble.node.cli.job;

import nimble.chain.JobCall;
import nimble.node.cli.option.JobNumber;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.files.Amount;
import nimble.node.files.Mistake;
import nimble.types.JobId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "topup",
    description = "Adds to a job's budget; what it does not use comes back to its sender.")
final class JobTopUp extends SendingCommand {
  @Parameters(index = "0", paramLabel = "JOB", description = "Its number.")
  private long job;

  @Parameters(index = "1", paramLabel = "NIM", description = "How much, such as 12.5.")
  private String amount = "";

  @Override
  public Integer call() throws Exception {
    JobId id = JobNumber.of(job);
    long units = Amount.parse("NIM", amount);
    if (units == 0) {
      throw new Mistake("NIM must be more than 0");
    }
    try (Session session = open()) {
      session.confirm("Add %s to the budget of job %d?".formatted(Amount.withUnit(units), job));
      return session.send(
          new JobCall.JobTopUp(id, units),
          units,
          "%s added to the budget of job %d".formatted(Amount.withUnit(units), job));
    }
  }
}
