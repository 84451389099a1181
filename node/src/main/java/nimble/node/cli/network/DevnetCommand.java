package nimble.node.cli.network;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.node.chain.Reporter;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.StopSignal;
import nimble.node.client.ClientFailure;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.DevnetHome;
import nimble.node.devnet.LogFile;
import nimble.node.devnet.MinerOffers;
import nimble.node.devnet.RunningNetwork;
import nimble.node.files.Amount;
import nimble.node.files.Mistake;
import nimble.storage.file.DataDirectory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "devnet",
    description = "Starts a local network and leaves it to you: nbcli talks to its first node.",
    subcommands = DevnetPrepare.class)
public final class DevnetCommand implements Callable<Integer> {
  @Spec private CommandSpec command = CommandSpec.create();

  @Option(names = "--validators", defaultValue = "4", description = "1 to 20 (${DEFAULT-VALUE}).")
  private int validators;

  @Option(names = "--miners", defaultValue = "3", description = "0 to 64 (${DEFAULT-VALUE}).")
  private int miners;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "Keeps the network's data here. Default: a temporary directory.")
  private @Nullable Path home;

  @Option(
      names = "--api-port",
      defaultValue = "7080",
      description = "Port of the first node's API; 0 takes a free one (${DEFAULT-VALUE}).")
  private int apiPort;

  @Override
  public Integer call() throws Mistake, IOException, DataDirectory.Refused, InterruptedException {
    if (validators < 1 || validators > Devnet.VALIDATORS_MAX) {
      throw Mistake.of(
          "--validators must be between 1 and %d, was %d", Devnet.VALIDATORS_MAX, validators);
    }
    if (miners < 0 || miners > Devnet.MINERS_MAX) {
      throw Mistake.of("--miners must be between 0 and %d, was %d", Devnet.MINERS_MAX, miners);
    }
    PrintWriter out = command.commandLine().getOut();
    Path directory = home == null ? Files.createTempDirectory("nimble-devnet-") : home;
    int threads = Runtime.getRuntime().availableProcessors();
    try (LogFile reporter = new LogFile(directory.resolve("devnet.log"), Reporter.Level.INFO);
        RunningNetwork network =
            RunningNetwork.start(validators, miners, threads, directory, apiPort, reporter)) {
      out.printf(
          "network   %d validators and %d miners in this process; data and log in %s%n",
          validators, miners, directory);
      out.printf("api       http://%s:%d%n", network.api().host(), network.api().port());
      prepare(network, directory, out);
      out.flush();
      StopSignal.await();
    }
    return ExitCode.DONE;
  }

  /// Offers to train for, and a wallet to pay from.
  private static void prepare(RunningNetwork network, Path directory, PrintWriter out)
      throws Mistake, IOException {
    Devnet devnet = network.network().devnet();
    try {
      MinerOffers.put(network);
    } catch (ClientFailure e) {
      throw new Mistake("the network does not run: " + e.getMessage());
    }
    new DevnetHome(directory).writeWallet("developer", devnet.developer());
    out.printf(
        "wallet    'developer' with %s: export NIMBLE_HOME=%s NIMBLE_PASSWORD=%s%n",
        Amount.withUnit(Devnet.DEVELOPER_LIQUID), directory, DevnetHome.PASSWORD);
    out.printf("try       scripts/nbcli wallet balance --wallet.name developer%n");
  }
}
