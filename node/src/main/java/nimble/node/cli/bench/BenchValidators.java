package nimble.node.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.bench.ValidatorsProcess;
import nimble.node.cli.console.ExitCode;
import nimble.node.files.Mistake;
import nimble.storage.file.DataDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "validators",
    hidden = true,
    description = "The validators' process of `bench chain`.")
final class BenchValidators implements Callable<Integer> {
  @Spec private CommandSpec command = CommandSpec.create();

  @Option(names = "--home", required = true)
  private Path home = Path.of("");

  @Option(names = "--seed", required = true)
  private String seed = "";

  @Option(names = "--genesis", required = true)
  private Path genesis = Path.of("");

  @Option(names = "--validators", required = true)
  private int validators;

  @Override
  public Integer call()
      throws IOException, DataDirectory.Refused, Mistake, InterruptedException, Malformed {
    new ValidatorsProcess(home, validators, command.commandLine().getOut())
        .run(
            Bytes.hex(seed),
            genesis,
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    return ExitCode.DONE;
  }
}
