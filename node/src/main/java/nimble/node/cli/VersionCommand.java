package nimble.node.cli;

import java.util.concurrent.Callable;
import nimble.node.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "version", description = "Prints the versions of Nimble and of what runs it.")
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    String java = Runtime.version().toString();
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    spec.commandLine()
        .getOut()
        .println(
            json
                ? "{\"version\":\"%s\",\"java\":\"%s\",\"system\":\"%s\"}"
                    .formatted(Version.NUMBER, java, system)
                : "nimble %s (Java %s, %s)".formatted(Version.NUMBER, java, system));
    return CommandRun.DONE;
  }
}
