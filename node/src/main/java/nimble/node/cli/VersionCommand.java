package nimble.node.cli;

import java.util.concurrent.Callable;
import nimble.node.Version;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Prints the versions of Nimble and of what runs it.")
final class VersionCommand implements Callable<Integer> {
  @Mixin private final Output output = new Output();

  @Override
  public Integer call() {
    String java = Runtime.version().toString();
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    output.document(
        Json.object().put("version", Version.NUMBER).put("java", java).put("system", system),
        "nimble %s (Java %s, %s)".formatted(Version.NUMBER, java, system));
    return ExitCode.DONE;
  }
}
