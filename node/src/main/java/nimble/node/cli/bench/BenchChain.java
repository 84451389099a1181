package nimble.node.cli.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.codec.Malformed;
import nimble.node.bench.ChainBench;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Root;
import nimble.node.client.ClientFailure;
import nimble.node.devnet.Devnet;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "chain",
    description = "Transfers a second and commit latency of validators on this machine.")
final class BenchChain implements Callable<Integer> {
  /// Whoever pays somebody else needs a second account.
  static final int ACCOUNTS_MIN = 2;

  static final int ACCOUNTS_MAX = 10_000_000;
  private static final int SECONDS_MAX = 86_400;
  private static final int FLOOD_MAX = 1_000_000;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(names = "--validators", defaultValue = "4", description = "(${DEFAULT-VALUE}).")
  private int validators;

  @Option(names = "--seconds", defaultValue = "20", description = "Measured (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--accounts", defaultValue = "100000", description = "(${DEFAULT-VALUE}).")
  private int accounts;

  @Option(
      names = "--flood",
      defaultValue = "0",
      description = "Useless transactions a second in one more measurement (${DEFAULT-VALUE}).")
  private int flood;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "At most, before each kind of figure (${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures.")
  private @Nullable Path json;

  @Override
  public Integer call()
      throws IOException, Mistake, ClientFailure, InterruptedException, Malformed {
    Mistake.between("--validators", validators, 1, Devnet.VALIDATORS_MAX);
    Mistake.between("--seconds", seconds, 1, SECONDS_MAX);
    Mistake.between("--accounts", accounts, ACCOUNTS_MIN, ACCOUNTS_MAX);
    Mistake.between("--warm-up", warmUp, 0, SECONDS_MAX);
    Mistake.between("--flood", flood, 0, FLOOD_MAX);
    PrintWriter out = command.commandLine().getOut();
    ChainBench.Order order =
        new ChainBench.Order(validators, seconds, warmUp, accounts, flood, Root.mainOf(command));
    String figures = Json.show(new ChainBench(order, out).run());
    if (json != null) {
      Files.writeString(json, figures + "\n");
    }
    out.println(figures);
    return ExitCode.DONE;
  }
}
