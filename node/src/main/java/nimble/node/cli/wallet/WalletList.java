package nimble.node.cli.wallet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import nimble.crypto.AddressForm;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.WalletOptions;
import nimble.node.files.Home;
import nimble.node.files.Json;
import nimble.types.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the wallets on this machine.")
final class WalletList implements Callable<Integer> {
  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Home home = output.surroundings().home();
    ArrayNode wallets = Json.array();
    Table table = new Table("WALLET", "ADDRESS", "HOT KEYS");
    for (String name : home.walletNames()) {
      if (!Files.exists(home.accountKey(name))) {
        continue;
      }
      Address address = WalletOptions.addressIn(home.accountKey(name));
      List<String> hotKeys = home.hotKeyNames(name);
      ObjectNode wallet = wallets.addObject().put("wallet", name);
      wallet.put("address", AddressForm.TEST.show(address));
      wallet.put("mainAddress", AddressForm.MAIN.show(address));
      hotKeys.forEach(wallet.putArray("hotKeys")::add);
      table.row(name, AddressForm.TEST.show(address), String.join(" ", hotKeys));
    }
    output.document(
        wallets,
        wallets.isEmpty()
            ? "no wallets in %s: make one with `nbcli wallet create`".formatted(home.wallets())
            : table.show(output.surroundings()));
    return ExitCode.DONE;
  }
}
