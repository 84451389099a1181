package nimble.node.cli.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.node.cli.console.Root;
import nimble.node.files.Home;
import nimble.node.files.Mistake;
import nimble.node.site.NodeDirectory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Which data directory a command of an operator is about.
final class HomeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "The data directory; else ~/.nimble/NETWORK.")
  private Optional<Path> home = Optional.empty();

  @Option(names = "--network", paramLabel = "NAME", description = "Which one in ~/.nimble.")
  private Optional<String> network = Optional.empty();

  /// @param otherwise the network's name where none was given
  Path directory(Optional<String> otherwise) throws Mistake, IOException {
    if (home.isPresent()) {
      return home.get();
    }
    Home all = Root.surroundingsOf(command).home();
    Optional<String> name = network.or(() -> otherwise);
    return name.isPresent() ? all.network(name.get()) : only(all);
  }

  /// Of a node that has been made.
  Path existing() throws Mistake, IOException {
    Path directory = directory(Optional.empty());
    if (!Files.exists(NodeDirectory.genesis(directory))) {
      throw Mistake.of(
          "%s holds no node: make one with `nimble init --genesis FILE --home %s`",
          directory, directory);
    }
    return directory;
  }

  private static Path only(Home all) throws Mistake, IOException {
    List<Path> found = List.of();
    if (Files.isDirectory(all.path())) {
      try (Stream<Path> entries = Files.list(all.path())) {
        found = entries.filter(entry -> Files.exists(entry.resolve("VERSION"))).sorted().toList();
      }
    }
    return switch (found.size()) {
      case 0 ->
          throw Mistake.of(
              "%s holds no node: make one with `nimble init --genesis FILE`", all.path());
      case 1 -> found.getFirst();
      default ->
          throw Mistake.of(
              "%s holds nodes of several networks: choose one with --network", all.path());
    };
  }
}
