package nimble.node.cli.network;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Root;
import nimble.node.client.ClientFailure;
import nimble.node.crash.Broken;
import nimble.node.crash.CrashRun;
import nimble.node.crash.Plan;
import nimble.node.devnet.Devnet;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.storage.file.DataDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "crash",
    description = {
      "Runs validators as processes under load, kills them at random moments and starts them",
      "again. Ends with code 2 when a validator voted twice, a final block was lost, or two nodes",
      "disagree."
    })
public final class CrashCommand implements Callable<Integer> {
  private static final int VALIDATORS_MIN = 4;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--cycles",
      defaultValue = "20",
      paramLabel = "N",
      description = "Of killing and starting again (${DEFAULT-VALUE}).")
  private int cycles;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "Who is killed and when; what the processes do then differs (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--validators", defaultValue = "4", description = "4 to 20 (${DEFAULT-VALUE}).")
  private int validators;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "Where the nodes' directories are made; else in a temporary one.")
  private Optional<Path> home = Optional.empty();

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures.")
  private Optional<Path> json = Optional.empty();

  @Override
  public Integer call()
      throws Mistake, IOException, DataDirectory.Refused, ClientFailure, InterruptedException {
    Mistake.between("--cycles", cycles, 1, Plan.CYCLES_MAX);
    Mistake.between("--validators", validators, VALIDATORS_MIN, Devnet.VALIDATORS_MAX);
    Path directory = home.isPresent() ? home.get() : Files.createTempDirectory("nimble-crash-");
    Plan plan = new Plan(validators, cycles, seed, directory, Root.mainOf(command));
    PrintWriter out = command.commandLine().getOut();
    out.println("the nodes are in " + directory);
    try {
      ObjectNode figures = CrashRun.run(plan, out::println);
      if (json.isPresent()) {
        Files.writeString(json.get(), Json.show(figures) + "\n");
      }
      out.println(Json.show(figures));
      return ExitCode.DONE;
    } catch (Broken broken) {
      out.println("BROKEN    " + broken.getMessage());
      out.println("replay    " + plan.command());
      return ExitCode.NODE_FAILED;
    }
  }
}
