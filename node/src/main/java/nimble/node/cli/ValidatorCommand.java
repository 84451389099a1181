package nimble.node.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.ValidatorStatus;
import nimble.api.v1.ValidatorView;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "validator",
    description = "Who orders blocks and audits work.",
    subcommands = {ValidatorCommand.Status.class, ValidatorCommand.List.class})
final class ValidatorCommand {

  @Command(
      name = "status",
      description = {
        "Shows a validator: its stake, and what the newest blocks tell of it.",
        "Blocks carry the votes of some views only, so the share of votes is a sample."
      })
  static final class Status implements Callable<Integer> {
    private static final double PERCENT = 100.0;

    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Parameters(
        arity = "0..1",
        paramLabel = "ADDRESS",
        description = "Whose; without it the one that the node is.")
    private Optional<String> address = Optional.empty();

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        node.genesis(client);
        ValidatorStatus status =
            client.validator(address.isPresent() ? address.get() : own(client));
        output.document(Protos.json(status), show(status));
        return ExitCode.DONE;
      }
    }

    private static String own(NodeClient client) throws ClientFailure, Mistake {
      String self = client.status().getNodeId();
      return client.validators().getValidatorsList().stream()
          .filter(each -> each.getHotKey().equals(self))
          .map(ValidatorView::getAddress)
          .findFirst()
          .orElseThrow(() ->
              Mistake.of(
                  "the node at %s is no validator: give an address of `nbcli validator list`",
                  client.node()));
    }

    private String show(ValidatorStatus status) {
      ValidatorView validator = status.getValidator();
      return new Table("VALIDATOR " + validator.getIndex(), validator.getAddress())
          .row("hot key", validator.getHotKey())
          .row(
              "stake",
              "%s, %s of all votes"
                  .formatted(
                      Amount.withUnit(validator.getStake()),
                      share(validator.getStake(), status.getTotalStake())))
          .row(
              "leads",
              "%s of views by its weight; %d of the newest %d blocks"
                  .formatted(
                      share(validator.getLeaderWeight(), status.getTotalLeaderWeight()),
                      status.getBlocksLed(),
                      status.getBlocks()))
          .row(
              "work of its miners",
              status.getEarnedLeaderWeight() == 0
                  ? "no epoch is over yet"
                  : "%s burned for it in the last epoch; with it and the stake it would lead by %s"
                      .formatted(
                          Amount.withUnit(status.getWorkFees()),
                          Amount.withUnit(status.getEarnedLeaderWeight())))
          .row(
              "votes",
              status.getVotesCarried() == 0
                  ? "the newest blocks carry none"
                  : "%d of %d that the newest blocks carry"
                      .formatted(status.getVotesSigned(), status.getVotesCarried()))
          .row("balance", Amount.withUnit(status.getBalance()))
          .row("vesting (to stake)", Amount.withUnit(status.getVesting()))
          .row("unbonding (to balance)", Amount.withUnit(status.getUnbonding()))
          .show(output.surroundings());
    }

    private static String share(long part, long whole) {
      return whole == 0 ? "-" : "%.1f %%".formatted(PERCENT * part / whole);
    }
  }

  @Command(name = "list", description = "Lists the validators of this epoch.")
  static final class List implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Override
    public Integer call() throws Exception {
      return ChainCommand.Validator.list(output, node);
    }
  }
}
