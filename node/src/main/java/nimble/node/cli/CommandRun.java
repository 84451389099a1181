package nimble.node.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Runs one command line from its arguments to its exit code (I1).
final class CommandRun {
  static final int DONE = 0;
  static final int USER_MISTAKE = 1;
  static final int NODE_FAILED = 2;
  static final int REJECTED = 3;

  private CommandRun() {}

  static int of(Object root, String... arguments) {
    return of(
        root,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        arguments);
  }

  static int of(Object root, PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(root);
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.getSubcommands().values().forEach(CommandRun::addHelp);
    addHelp(line);
    line.setParameterExceptionHandler(CommandRun::misused);
    line.setExecutionExceptionHandler((failure, at, _) -> failed(failure, at));
    int code = line.execute(arguments);
    out.flush();
    err.flush();
    return code;
  }

  private static void addHelp(CommandLine line) {
    var spec = line.getCommandSpec();
    if (!spec.optionsMap().containsKey("--help")) {
      spec.mixinStandardHelpOptions(true);
    }
    line.getSubcommands().values().forEach(CommandRun::addHelp);
  }

  private static int misused(ParameterException failure, String[] arguments) {
    CommandLine at = failure.getCommandLine();
    at.getErr().println("error: " + failure.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(failure, at.getErr())) {
      at.getErr().println("try: " + at.getCommandSpec().qualifiedName() + " --help");
    }
    return USER_MISTAKE;
  }

  private static int failed(Exception failure, CommandLine at) {
    at.getErr().println("error: " + failure.getMessage());
    return NODE_FAILED;
  }
}
