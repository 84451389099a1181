package nimble.node.cli.wallet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Home;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "overview", description = "Shows what all wallets on this machine own, and in sum.")
final class WalletOverview implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Override
  public Integer call() throws Exception {
    Home home = output.surroundings().home();
    try (NodeClient client = node.connect()) {
      List<Holdings> all = Holdings.all(home, node, client);
      output.document(json(all), all.isEmpty() ? Holdings.none(home) : show(all));
      return ExitCode.DONE;
    }
  }

  private static ObjectNode json(List<Holdings> all) {
    ObjectNode json = Json.object();
    ArrayNode wallets = json.putArray("wallets");
    for (Holdings each : all) {
      ObjectNode wallet = wallets.addObject().put("wallet", each.wallet());
      wallet.setAll(Protos.json(each.account()));
      wallet.put("total", Long.toString(each.total()));
    }
    return json.put("total", Long.toString(total(all)));
  }

  /// Two wallets may hold the key of one account.
  private static long total(List<Holdings> all) {
    SortedMap<String, Long> byAccount = new TreeMap<>();
    all.forEach(it -> byAccount.put(it.account().getAddress(), it.total()));
    return byAccount.values().stream().reduce(0L, Math::addExact);
  }

  private String show(List<Holdings> all) {
    Table table =
        new Table("WALLET", "BALANCE", "BOND", "STAKE", "DELEGATED", "ON ITS WAY", "IN ALL");
    for (Holdings each : all) {
      table.row(
          each.wallet(),
          Amount.withUnit(each.account().getBalance()),
          Amount.withUnit(each.account().getBond()),
          Amount.withUnit(each.account().getStake()),
          Amount.withUnit(each.delegated()),
          Amount.withUnit(each.moving()),
          Amount.withUnit(each.total()));
    }
    return table
        .row("all", "", "", "", "", "", Amount.withUnit(total(all)))
        .show(output.surroundings());
  }
}
