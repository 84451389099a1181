package nimble.node.cli.stake;

import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.CandidateView;
import nimble.api.v1.ValidatorStatus;
import nimble.api.v1.ValidatorView;
import nimble.chain.StakeCall;
import nimble.node.cli.chain.ChainCommand;
import nimble.node.cli.chain.ValidatorStanding;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.sending.SendingCommand;
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
    subcommands = {
      ValidatorCommand.Status.class,
      ValidatorCommand.List.class,
      ValidatorRegistration.class,
      ValidatorCommand.Exit.class,
      ValidatorCommand.Unjail.class,
      ValidatorEvidence.class,
      ValidatorReport.class
    })
public final class ValidatorCommand {

  @Command(
      name = "exit",
      description = {
        "Stands for election no more. It votes, and must go on voting, to the end of the next epoch;",
        "`nbcli stake remove` takes the stake."
      })
  static final class Exit extends SendingCommand {
    @Override
    public Integer call() throws Exception {
      try (Session session = open()) {
        String self = session.sender().shownAddress();
        session.confirm("Take %s out of all later elections?".formatted(self));
        return session.send(
            new StakeCall.ValidatorExit(),
            0,
            "%s leaves: it votes to the end of the next epoch".formatted(self));
      }
    }
  }

  @Command(name = "unjail", description = "Stands for election again, after an epoch in jail.")
  static final class Unjail extends SendingCommand {
    @Override
    public Integer call() throws Exception {
      try (Session session = open()) {
        return session.send(
            new StakeCall.Unjail(),
            0,
            session.sender().shownAddress() + " stands for election again");
      }
    }
  }

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
      CandidateView candidate = status.getCandidate();
      Table table =
          new Table("VALIDATOR", candidate.getAddress())
              .row("epoch %d".formatted(status.getEpoch()), ValidatorStanding.words(candidate))
              .row("hot key", candidate.getHotKey())
              .row("own stake", Amount.withUnit(candidate.getStake()))
              .row(
                  "delegated",
                  "%s, commission %s"
                      .formatted(
                          Amount.withUnit(candidate.getDelegated()),
                          ValidatorStanding.commission(candidate)));
      if (status.hasValidator()) {
        showTurns(status, table);
      }
      return table
          .row("balance", Amount.withUnit(status.getBalance()))
          .row("vesting (to stake)", Amount.withUnit(status.getVesting()))
          .row("unbonding (to balance)", Amount.withUnit(status.getUnbonding()))
          .show(output.surroundings());
    }

    private static void showTurns(ValidatorStatus status, Table table) {
      ValidatorView validator = status.getValidator();
      table
          .row(
              "votes with",
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
                      .formatted(status.getVotesSigned(), status.getVotesCarried()));
    }

    private static String share(long part, long whole) {
      return whole == 0 ? "-" : "%.1f %%".formatted(PERCENT * part / whole);
    }
  }

  @Command(
      name = "list",
      description = "Lists the validators of this epoch, and who stands for election.")
  static final class List implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Override
    public Integer call() throws Exception {
      return ChainCommand.Validator.list(output, node);
    }
  }
}
