package nimble.node.cli.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.node.bench.SyncBench;
import nimble.node.cli.console.ExitCode;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.storage.file.DataDirectory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "sync",
    description = "How long a new node needs to join a long chain, by a snapshot and by blocks.")
final class BenchSync implements Callable<Integer> {
  private static final long COUNT_MAX = 100_000_000;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(names = "--blocks", defaultValue = "100000", description = "(${DEFAULT-VALUE}).")
  private long blocks;

  @Option(names = "--accounts", defaultValue = "1000000", description = "(${DEFAULT-VALUE}).")
  private long accounts;

  @Option(
      names = "--measured",
      defaultValue = "5000",
      description = "Blocks to join by (${DEFAULT-VALUE}).")
  private long measured;

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Where; the chain that is made there is used again.")
  private Path directory = Path.of("");

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, Mistake, DataDirectory.Refused, InterruptedException {
    Mistake.between("--blocks", blocks, 1, COUNT_MAX);
    Mistake.between("--accounts", accounts, 1, COUNT_MAX);
    Mistake.between("--measured", measured, 1, COUNT_MAX);
    PrintWriter out = command.commandLine().getOut();
    SyncBench.Order order = new SyncBench.Order(directory, blocks, accounts, measured);
    String figures = Json.show(new SyncBench(order, out).run());
    if (json != null) {
      Files.writeString(json, figures + "\n");
    }
    out.println(figures);
    return ExitCode.DONE;
  }
}
