package nimble.node.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Root;
import nimble.node.client.ClientFailure;
import nimble.node.files.Mistake;
import nimble.node.files.Nearest;
import nimble.node.site.DiskTrouble;
import nimble.storage.StorageFailure;
import nimble.storage.file.DataDirectory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
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
    addNumbers(line);
    addHelp(line);
    if (root instanceof NbcliMain) {
      try {
        setDefaults(line, ClientDefaults.of(root.surroundings()));
      } catch (Mistake | IOException e) {
        err.println("error: " + Output.plain(words(e)));
        return ExitCode.USER_MISTAKE;
      }
    }
    line.setParameterExceptionHandler((failure, _) -> misused(failure));
    line.setExecutionExceptionHandler((failure, at, _) -> failed(failure, at, root));
    int code = line.execute(arguments);
    boolean lost = out.checkError();
    if (lost) {
      err.println(
          "error: what it has to say could not be written: is the disk full, the pipe closed?");
    }
    err.flush();
    return lost && code == ExitCode.DONE ? ExitCode.DISK_FAILED : code;
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

  /// Says what a number is in other words than Java's.
  private static void addNumbers(CommandLine line) {
    line.registerConverter(int.class, text -> number(text, Integer::valueOf));
    line.registerConverter(Integer.class, text -> number(text, Integer::valueOf));
    line.registerConverter(long.class, text -> number(text, Long::valueOf));
    line.registerConverter(Long.class, text -> number(text, Long::valueOf));
  }

  private static <N> N number(String text, Function<String, N> parse) {
    try {
      return parse.apply(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'%s' is not a whole number, or too large".formatted(text));
    }
  }

  private static int misused(ParameterException failure) {
    CommandLine at = failure.getCommandLine();
    String words =
        failure instanceof UnmatchedArgumentException unmatched
            ? unmatched(unmatched, at.getCommandSpec())
            : failure.getMessage();
    at.getErr().println(Output.plain("error: " + words));
    at.getErr().println("try: " + at.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USER_MISTAKE;
  }

  private static String unmatched(UnmatchedArgumentException failure, CommandSpec at) {
    String word = failure.getUnmatched().getFirst();
    if (failure.isUnknownOption()) {
      return "unknown option '%s'%s".formatted(word, Nearest.hint(word, at.optionsMap().keySet()));
    }
    if (!at.subcommands().isEmpty()) {
      return "unknown command '%s'%s"
          .formatted(word, Nearest.hint(word, at.subcommands().keySet()));
    }
    return "'%s' is one argument too many".formatted(word);
  }

  private static int failed(Exception failure, CommandLine at, Root root) {
    if (root.surroundings().environment().containsKey("NIMBLE_DEBUG")) {
      failure.printStackTrace(at.getErr());
    }
    at.getErr().println("error: " + Output.plain(words(failure)));
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
      case FileSystemException file when DiskTrouble.words(file).isEmpty() ->
          "%s: %s".formatted(file.getFile(), reason(file));
      default ->
          DiskTrouble.words(failure)
              .orElseGet(() ->
                  isOurs(failure)
                      ? "%s, a fault in this program: NIMBLE_DEBUG=1 shows where".formatted(failure)
                      : message == null ? failure.toString() : message);
    };
  }

  private static String reason(FileSystemException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "there is no such file or directory";
      case FileAlreadyExistsException _ -> "is there already";
      case NotDirectoryException _ -> "is not a directory";
      default -> Objects.requireNonNullElse(failure.getReason(), failure.toString());
    };
  }

  /// What no code of ours throws to tell a user something.
  private static boolean isOurs(Exception failure) {
    return failure instanceof RuntimeException
        && !(failure instanceof IllegalStateException
            || failure instanceof StorageFailure
            || failure instanceof UncheckedIOException);
  }
}
