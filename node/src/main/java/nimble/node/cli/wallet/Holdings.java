package nimble.node.cli.wallet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nimble.api.v1.AccountView;
import nimble.api.v1.DelegationView;
import nimble.crypto.AddressForm;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.option.WalletOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.GenesisFile;
import nimble.node.files.Home;
import nimble.node.files.Mistake;

/// What the wallets on this machine own on one chain.
public record Holdings(String wallet, AccountView account) {
  /// By name of the wallet.
  public static List<Holdings> all(Home home, NodeOptions node, NodeClient client)
      throws Mistake, IOException, ClientFailure {
    AddressForm form = GenesisFile.form(node.genesis(client));
    List<Holdings> all = new ArrayList<>();
    for (String name : home.walletNames()) {
      Path file = home.accountKey(name);
      if (Files.exists(file)) {
        all.add(new Holdings(name, client.account(form.show(WalletOptions.addressIn(file)))));
      }
    }
    return all;
  }

  /// What is said where there is no wallet.
  public static String none(Home home) {
    return "no wallets in %s: make one with `nbcli wallet create`".formatted(home.wallets());
  }

  /// What it delegated is worth, with what that earned.
  long delegated() {
    return account.getDelegationsList().stream().mapToLong(Holdings::worth).sum();
  }

  /// In nim-units, what it earned included.
  public static long worth(DelegationView delegation) {
    return Math.addExact(delegation.getWorth(), delegation.getEarned());
  }

  /// On its way to the balance, or to bond and stake.
  long moving() {
    return Math.addExact(account.getUnbonding(), account.getVesting());
  }

  long total() {
    long held = Math.addExact(account.getBond(), account.getStake());
    return Math.addExact(
        Math.addExact(account.getBalance(), held), Math.addExact(delegated(), moving()));
  }
}
