package nimble.node.cli.wallet;

import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.AccountView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.option.WalletOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "balance", description = "Shows what a wallet, or any address, owns.")
final class WalletBalance implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();

  @Option(names = "--address", paramLabel = "ADDRESS", description = "Instead of the wallet's own.")
  private Optional<String> address = Optional.empty();

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      String owner =
          address.isPresent()
              ? address.get()
              : GenesisFile.form(node.genesis(client)).show(wallet.address());
      AccountView account = client.account(owner);
      output.document(Protos.json(account), show(account));
      return ExitCode.DONE;
    }
  }

  private String show(AccountView account) {
    return new Table("ACCOUNT", account.getAddress())
        .row("balance", Amount.withUnit(account.getBalance()))
        .row(
            "bond",
            "%s, of which %s secure stages"
                .formatted(
                    Amount.withUnit(account.getBond()), Amount.withUnit(account.getBondLocked())))
        .row("stake", Amount.withUnit(account.getStake()))
        .row("unbonding", Amount.withUnit(account.getUnbonding()))
        .row("vesting", Amount.withUnit(account.getVesting()))
        .row("transactions", account.getNonce())
        .show(output.surroundings());
  }
}
