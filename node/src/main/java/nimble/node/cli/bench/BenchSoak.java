package nimble.node.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import nimble.node.bench.SoakBench;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Root;
import nimble.node.devnet.Devnet;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "soak",
    description = {
      "Whether validators' memory grows while they work: ends with code 2 when they hold more in the",
      "last quarter of the time than in the one before."
    })
final class BenchSoak implements Callable<Integer> {
  private static final int MINUTES_MAX = 100_000;
  private static final int PER_SECOND_MAX = 100_000;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(names = "--minutes", defaultValue = "60", description = "(${DEFAULT-VALUE}).")
  private int minutes;

  @Option(names = "--validators", defaultValue = "4", description = "(${DEFAULT-VALUE}).")
  private int validators;

  @Option(names = "--accounts", defaultValue = "100000", description = "(${DEFAULT-VALUE}).")
  private int accounts;

  @Option(names = "--rate", defaultValue = "500", description = "Transfers/s (${DEFAULT-VALUE}).")
  private int perSecond;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, Mistake, InterruptedException {
    Mistake.between("--validators", validators, 1, Devnet.VALIDATORS_MAX);
    Mistake.between("--minutes", minutes, 1, MINUTES_MAX);
    Mistake.between("--accounts", accounts, BenchChain.ACCOUNTS_MIN, BenchChain.ACCOUNTS_MAX);
    Mistake.between("--rate", perSecond, 1, PER_SECOND_MAX);
    PrintWriter out = command.commandLine().getOut();
    SoakBench.Order order =
        new SoakBench.Order(validators, minutes, accounts, perSecond, Root.mainOf(command));
    ObjectNode measured = new SoakBench(order, out).run();
    String figures = Json.show(measured);
    if (json != null) {
      Files.writeString(json, figures + "\n");
    }
    out.println(figures);
    boolean grew =
        Stream.of("heapGrowth", "residentGrowth")
            .anyMatch(name -> measured.path(name).asDouble() > SoakBench.GROWTH_MAX);
    return grew ? ExitCode.NODE_FAILED : ExitCode.DONE;
  }
}
