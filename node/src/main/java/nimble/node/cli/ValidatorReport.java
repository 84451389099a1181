package nimble.node.cli;

import java.util.List;
import java.util.concurrent.Callable;
import nimble.api.v1.EvidenceView;
import nimble.api.v1.TransactionView;
import nimble.chain.StakeCall;
import nimble.genesis.Genesis;
import nimble.node.api.Wire;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "report",
    description = {
      "Hands the ledger the newest double vote of a validator that the node holds, at this wallet's",
      "fee. Nodes that vote do so by themselves; the ledger checks it, and punishes each once."
    })
final class ValidatorReport implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();
  @Mixin private final Confirm confirm = new Confirm();

  @Parameters(paramLabel = "VALIDATOR", description = "Whose; see `nbcli validator evidence`.")
  private String validator = "";

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      Genesis genesis = node.genesis(client);
      ValidatorOf.parse("VALIDATOR", genesis, validator);
      List<EvidenceView> seen =
          client.evidence().getEvidenceList().stream()
              .filter(each -> each.getValidator().equals(validator))
              .toList();
      if (seen.isEmpty()) {
        throw Mistake.of(
            "the node at %s holds no double vote of %s that is not punished yet",
            client.node(), validator);
      }
      EvidenceView newest = seen.getLast();
      confirm.ask(
          "Report %s for view %d of epoch %d?"
              .formatted(validator, newest.getView(), newest.getEpoch()));
      Sender sender = new Sender(client, genesis, wallet.unlock());
      TransactionView done =
          sender.send(
              new StakeCall.Evidence(Wire.from(newest.getFirst()), Wire.from(newest.getSecond())),
              0);
      Receipts.show(output, done, validator + " reported");
      return ExitCode.DONE;
    }
  }
}
