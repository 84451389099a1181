package nimble.node.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.codec.Malformed;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.option.NumericOption;
import nimble.node.files.Mistake;
import nimble.node.verification.GuildProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "guild",
    hidden = true,
    description = "The miners and auditors of a class of `bench verification`.")
final class BenchGuild implements Callable<Integer> {
  @Spec private CommandSpec command = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "Where rounds are.")
  private Path directory = Path.of("");

  @Option(names = "--numeric", required = true, paramLabel = "CAP[/THREADS]")
  private String numeric = "";

  @Override
  public Integer call() throws Mistake, IOException, Malformed {
    new GuildProcess(directory, NumericOption.numeric(numeric))
        .run(
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
            command.commandLine().getOut());
    return ExitCode.DONE;
  }
}
