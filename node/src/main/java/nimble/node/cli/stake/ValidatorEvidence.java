package nimble.node.cli.stake;

import java.util.concurrent.Callable;
import nimble.api.v1.EvidenceList;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "evidence",
    description = {
      "Lists double votes that the node has seen and that nobody was punished for yet: two signed",
      "votes that exclude each other. Nodes that vote report them by themselves, within a second."
    })
final class ValidatorEvidence implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      EvidenceList list = client.evidence();
      Table table = new Table("VALIDATOR", "EVIDENCE");
      list.getEvidenceList()
          .forEach(each ->
              table.row(
                  each.getValidator(),
                  "%s and %s in view %d of epoch %d"
                      .formatted(
                          each.getFirstKind(),
                          each.getSecondKind(),
                          each.getView(),
                          each.getEpoch())));
      output.document(
          Protos.json(list),
          list.getEvidenceCount() == 0
              ? "the node holds no double vote that is not punished yet\n"
              : table.show(output.surroundings()));
      return ExitCode.DONE;
    }
  }
}
