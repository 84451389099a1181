package nimble.node.cli;

import picocli.CommandLine.Command;

@Command(
    name = "miner",
    description = "Hardware that trains for NIM.",
    subcommands = {
      MinerRegistration.class,
      MinerOffer.class,
      MinerBond.class,
      MinerStatus.class,
      MinerModels.class,
      MinerRun.class
    })
final class MinerCommand {}
