package nimble.node.cli.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.client.ClientFailure;
import nimble.node.devnet.SmokeBench;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.storage.file.DataDirectory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "bench",
    description = "Measures.",
    subcommands = {
      BenchCommand.Smoke.class,
      BenchChain.class,
      BenchSync.class,
      BenchSoak.class,
      BenchTrain.class,
      BenchMemory.class,
      BenchVerification.class,
      BenchGuild.class,
      BenchValidators.class,
      BenchWide.class
    })
public final class BenchCommand {
  private BenchCommand() {}

  @Command(
      name = "smoke",
      description =
          "The main job on a local network: validation loss, tokens/s, commit latency, the demo's"
              + " time and memory.")
  static final class Smoke implements Callable<Integer> {
    private static final int STEPS_MAX = 1_000_000;
    private static final int LIARS_MAX = 1_000;

    @Spec private CommandSpec command = CommandSpec.create();

    @Option(
        names = "--text",
        required = true,
        paramLabel = "FILE",
        description = "Text to train on.")
    private Path text = Path.of("");

    @Option(names = "--steps", defaultValue = "2000", description = "Steps (${DEFAULT-VALUE}).")
    private int steps;

    @Option(
        names = "--liars",
        defaultValue = "10",
        description = "Runs with a miner that skips work (${DEFAULT-VALUE}).")
    private int liars;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures.")
    private @Nullable Path json;

    @Override
    public Integer call()
        throws Mistake, IOException, DataDirectory.Refused, ClientFailure, InterruptedException {
      if (!Files.isRegularFile(text)) {
        throw Mistake.of("--text: %s is not a file", text);
      }
      Mistake.between("--steps", steps, 1, STEPS_MAX);
      Mistake.between("--liars", liars, 0, LIARS_MAX);
      PrintWriter out = command.commandLine().getOut();
      String figures = Json.show(new SmokeBench(Files.readAllBytes(text), steps, liars, out).run());
      if (json != null) {
        Files.writeString(json, figures + "\n");
      }
      out.println(figures);
      return ExitCode.DONE;
    }
  }
}
