package nimble.node.cli.miner;

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
public final class MinerCommand {}
