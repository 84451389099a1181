package nimble.node.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.devnet.Devnet;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.wide.WideBench;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "wide",
    description = {
      "Validators in network namespaces, with long and lossy wires: commit latency, and how soon"
          + " progress resumes when a partition heals.",
      "Needs Linux and root: it makes namespaces of its own, and removes them."
    })
final class BenchWide implements Callable<Integer> {
  private static final int SECONDS_MAX = 86_400;
  private static final int LOSS_MAX = 50;
  private static final int HEAP_MIN = 64;
  private static final int HEAP_MAX = 65_536;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(names = "--validators", defaultValue = "10", description = "${DEFAULT-VALUE}.")
  private int validators;

  @Option(names = "--seconds", defaultValue = "20", description = "Of each (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--loss", defaultValue = "1", description = "Percent (${DEFAULT-VALUE}).")
  private int loss;

  @Option(names = "--heap", defaultValue = "200", description = "Megabytes (${DEFAULT-VALUE}).")
  private int heap;

  @Option(
      names = "--partition",
      defaultValue = "12",
      description = "Seconds that a partition lasts (${DEFAULT-VALUE}).")
  private int partition;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures.")
  private @Nullable Path json;

  @Override
  public Integer call() throws Mistake, InterruptedException, IOException {
    Mistake.between("--validators", validators, 4, Devnet.VALIDATORS_MAX);
    Mistake.between("--seconds", seconds, 1, SECONDS_MAX);
    Mistake.between("--loss", loss, 0, LOSS_MAX);
    Mistake.between("--heap", heap, HEAP_MIN, HEAP_MAX);
    Mistake.between("--partition", partition, 0, SECONDS_MAX);
    WideBench.Order order = new WideBench.Order(validators, seconds, loss, heap, partition);
    String figures = Json.show(new WideBench(order, command.commandLine().getOut()).run());
    if (json != null) {
      Files.writeString(json, figures + "\n");
    }
    command.commandLine().getOut().println(figures);
    return ExitCode.DONE;
  }
}
