package nimble.node.cli.stake;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.concurrent.Callable;
import nimble.api.v1.AccountView;
import nimble.api.v1.DelegationView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.wallet.Holdings;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Home;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "list",
    description = "Lists all that the wallets on this machine stake, bond and delegate.")
final class StakeList implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  private final ArrayNode json = Json.array();
  private final Table table = new Table("WALLET", "AMOUNT", "WHAT", "WITH");

  @Override
  public Integer call() throws Exception {
    Home home = output.surroundings().home();
    try (NodeClient client = node.connect()) {
      List<Holdings> all = Holdings.all(home, node, client);
      for (Holdings each : all) {
        AccountView account = each.account();
        add(each, "stake", account.getStake(), account.getAddress());
        add(each, "bond", account.getBond(), account.getAddress());
        for (DelegationView delegation : account.getDelegationsList()) {
          add(each, "delegation", Holdings.worth(delegation), delegation.getValidator());
        }
        add(each, "unbonding", account.getUnbonding(), account.getAddress());
        add(each, "vesting", account.getVesting(), account.getAddress());
      }
      output.document(json, all.isEmpty() ? Holdings.none(home) : words());
      return ExitCode.DONE;
    }
  }

  private void add(Holdings holdings, String what, long amount, String with) {
    if (amount > 0) {
      json.addObject()
          .put("wallet", holdings.wallet())
          .put("kind", what)
          .put("amount", Long.toString(amount))
          .put("account", with);
      table.row(holdings.wallet(), Amount.withUnit(amount), what, with);
    }
  }

  private String words() {
    return json.isEmpty()
        ? "nothing is staked: see `nbcli stake add` and `nbcli stake delegate`"
        : table.show(output.surroundings());
  }
}
