package nimble.node.cli.wallet;

import picocli.CommandLine.Command;

@Command(
    name = "wallet",
    description = "Keys that own NIM, and what they own.",
    subcommands = {
      WalletCreate.class,
      WalletRegen.class,
      WalletList.class,
      WalletOverview.class,
      WalletBalance.class,
      WalletTransfer.class,
      WalletHistory.class,
      WalletSign.class,
      WalletVerify.class,
      WalletExport.class
    })
public final class WalletCommand {}
