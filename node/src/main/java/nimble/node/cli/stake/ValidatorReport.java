package nimble.node.cli.stake;

import java.util.List;
import nimble.api.v1.EvidenceView;
import nimble.chain.StakeCall;
import nimble.node.api.Wire;
import nimble.node.cli.option.ValidatorOf;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "report",
    description = {
      "Hands the ledger the newest double vote of a validator that the node holds, at this wallet's",
      "fee. Nodes that vote do so by themselves; the ledger checks it, and punishes each once."
    })
final class ValidatorReport extends SendingCommand {
  @Parameters(paramLabel = "VALIDATOR", description = "Whose; see `nbcli validator evidence`.")
  private String validator = "";

  @Override
  public Integer call() throws Exception {
    try (Session session = open()) {
      NodeClient client = session.client();
      ValidatorOf.parse("VALIDATOR", session.genesis(), validator);
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
      session.confirm(
          "Report %s for view %d of epoch %d?"
              .formatted(validator, newest.getView(), newest.getEpoch()));
      return session.send(
          new StakeCall.Evidence(Wire.from(newest.getFirst()), Wire.from(newest.getSecond())),
          0,
          validator + " reported");
    }
  }
}
