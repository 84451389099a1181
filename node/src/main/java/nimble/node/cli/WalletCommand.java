package nimble.node.cli;

import picocli.CommandLine.Command;

@Command(
    name = "wallet",
    description = "Keys that own NIM, and what they own.",
    subcommands = {
      WalletCreate.class,
      WalletRegen.class,
      WalletList.class,
      WalletBalance.class,
      WalletTransfer.class
    })
final class WalletCommand {}
