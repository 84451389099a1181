package nimble.node.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import nimble.node.client.ClientFailure;
import nimble.node.files.Mistake;
import nimble.node.site.DiskTrouble;
import nimble.storage.file.DataDirectory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Runs one command line from its arguments to its exit code (I1, I3).
final class CommandRun {
  private CommandRun() {}

  static int of(Root root, String... arguments) {
    // Reasons of rejections are hashed into receipts, so every node must write numbers alike.
    Locale.setDefault(Locale.ROOT);
    return of(
        root,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        arguments);
  }

  static int of(Root root, PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(root);
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    addHelp(line);
    if (root instanceof NbcliMain) {
      try {
        setDefaults(line, ClientDefaults.of(root.surroundings()));
      } catch (Mistake | IOException e) {
        err.println("error: " + words(e));
        return ExitCode.USER_MISTAKE;
      }
    }
    line.setParameterExceptionHandler((failure, _) -> misused(failure));
    line.setExecutionExceptionHandler((failure, at, _) -> failed(failure, at, root));
    int code = line.execute(arguments);
    out.flush();
    err.flush();
    return code;
  }

  private static void addHelp(CommandLine line) {
    var spec = line.getCommandSpec();
    if (!spec.optionsMap().containsKey("--help") && !spec.name().equals("help")) {
      spec.mixinStandardHelpOptions(true);
    }
    line.getSubcommands().values().forEach(CommandRun::addHelp);
  }

  /// Commands that were added already have none of their parent's.
  private static void setDefaults(CommandLine line, ClientDefaults defaults) {
    line.setDefaultValueProvider(defaults);
    line.getSubcommands().values().forEach(command -> setDefaults(command, defaults));
  }

  private static int misused(ParameterException failure) {
    CommandLine at = failure.getCommandLine();
    at.getErr().println("error: " + failure.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(failure, at.getErr())) {
      at.getErr().println("try: " + at.getCommandSpec().qualifiedName() + " --help");
    }
    return ExitCode.USER_MISTAKE;
  }

  private static int failed(Exception failure, CommandLine at, Root root) {
    if (root.surroundings().environment().containsKey("NIMBLE_DEBUG")) {
      failure.printStackTrace(at.getErr());
    }
    at.getErr().println("error: " + words(failure));
    return switch (failure) {
      case Mistake _, DataDirectory.Refused _ -> ExitCode.USER_MISTAKE;
      case ClientFailure client ->
          switch (client.kind()) {
            case INVALID -> ExitCode.USER_MISTAKE;
            case UNAVAILABLE -> ExitCode.NODE_FAILED;
            case REJECTED -> ExitCode.REJECTED;
          };
      default ->
          DiskTrouble.words(failure).isPresent() ? ExitCode.DISK_FAILED : ExitCode.NODE_FAILED;
    };
  }

  private static String words(Exception failure) {
    String message = failure.getMessage();
    return switch (failure) {
      case Mistake mistake -> mistake.words();
      case java.nio.file.AccessDeniedException denied ->
          "%s: permission denied".formatted(denied.getFile());
      case java.nio.file.FileSystemException file ->
          "%s: %s".formatted(file.getFile(), file.getReason());
      default -> DiskTrouble.words(failure).orElse(message == null ? failure.toString() : message);
    };
  }
}
