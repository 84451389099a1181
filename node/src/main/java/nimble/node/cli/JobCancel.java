package nimble.node.cli;

import java.util.concurrent.Callable;
import nimble.api.v1.TransactionView;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.types.JobId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "cancel",
    description = {
      "Ends a job of the wallet when its current round ends.",
      "Work done until then is paid, and the rest of the budget comes back."
    })
final class JobCancel implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();
  @Mixin private final Confirm confirm = new Confirm();

  @Parameters(paramLabel = "JOB", description = "Its number.")
  private long job;

  @Override
  public Integer call() throws Exception {
    JobId id = id(job);
    try (NodeClient client = node.connect()) {
      Sender sender = new Sender(client, node.genesis(client), wallet.unlock());
      confirm.ask("End job %d?".formatted(job));
      TransactionView done = sender.send(new nimble.chain.JobCall.JobCancel(id), 0);
      Receipts.show(
          output,
          done,
          "job %d ends with its current round; watch it with `nbcli job watch %d`"
              .formatted(job, job));
      return ExitCode.DONE;
    }
  }

  static JobId id(long number) throws Mistake {
    if (number < 1) {
      throw Mistake.of("JOB must be a number from 1 on, was %d", number);
    }
    return new JobId(number);
  }
}
