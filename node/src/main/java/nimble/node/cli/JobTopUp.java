package nimble.node.cli;

import java.util.concurrent.Callable;
import nimble.api.v1.TransactionView;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Mistake;
import nimble.types.JobId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "topup",
    description = "Adds to a job's budget; what it does not use comes back to its sender.")
final class JobTopUp implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();
  @Mixin private final Confirm confirm = new Confirm();

  @Parameters(index = "0", paramLabel = "JOB", description = "Its number.")
  private long job;

  @Parameters(index = "1", paramLabel = "NIM", description = "How much, such as 12.5.")
  private String amount = "";

  @Override
  public Integer call() throws Exception {
    JobId id = JobCancel.id(job);
    long units = Amount.parse("NIM", amount);
    if (units == 0) {
      throw new Mistake("NIM must be more than 0");
    }
    try (NodeClient client = node.connect()) {
      Sender sender = new Sender(client, node.genesis(client), wallet.unlock());
      confirm.ask("Add %s to the budget of job %d?".formatted(Amount.withUnit(units), job));
      TransactionView done = sender.send(new nimble.chain.JobCall.JobTopUp(id, units), units);
      Receipts.show(
          output, done, "%s added to the budget of job %d".formatted(Amount.withUnit(units), job));
      return ExitCode.DONE;
    }
  }
}
